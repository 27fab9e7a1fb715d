import type { Dataset } from "../../estate/model.ts"
import type { ListedObject, VersionMode } from "../objects.ts"

export type HotSet = Dataset["hotSet"]

/**
 * Is this key part of what must be readable before RTO-K stops? All versions of a key go together, decided by the newest
 * one taken: split in two, an older version would end on top of a newer one.
 */
export type IsHot = (newest: ListedObject) => boolean

/**
 * `now`: epoch milliseconds; what was newest at another time is judged from there. Undefined where nothing is split: the
 * dataset is one part. Prefixes count from the dataset's own.
 */
export function hotTest(hotSet: HotSet, prefix: string, mode: VersionMode, now: number): IsHot | undefined {
  if (hotSet === "all") return undefined
  if ("newest" in hotSet) {
    const since = (mode.kind === "as-of" ? mode.at : now) - hotSet.newest
    return ({ modifiedAt }) => modifiedAt >= since
  }
  const prefixes = hotSet.prefixes.map((each) => prefix + each)
  return ({ key }) => prefixes.some((each) => key.startsWith(each))
}
