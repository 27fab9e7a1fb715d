import type { ListedObject, VersionMode } from "../objects.ts"
import type { RestorePart } from "./restore-plan.ts"

/** All that one restore takes of one key, in the order in which it is done. */
export type KeyGroup = readonly ListedObject[]

/**
 * What a mode takes of the versions of one key, given newest first. `all` comes oldest first, so that the newest ends on
 * top. Re-keying leaves delete markers where they are: they hold no bytes and no key.
 */
export function selectVersions(
  versions: readonly ListedObject[],
  mode: VersionMode,
  operation: RestorePart["operation"],
): KeyGroup {
  switch (mode.kind) {
    case "current":
      return versions.slice(0, 1).filter(({ deleteMarker }) => !deleteMarker)
    case "as-of":
      return versions
        .filter(({ modifiedAt }) => modifiedAt <= mode.at)
        .slice(0, 1)
        .filter(({ deleteMarker }) => !deleteMarker)
    case "all":
      return versions.filter(({ deleteMarker }) => operation === "copy" || !deleteMarker).toReversed()
  }
}

/** Gathers the versions of each key from a listing that has them newest first and side by side, over pages. */
export class VersionGroups {
  #open: ListedObject[] = []

  /** The keys that this object ends: none, or the one before it. */
  push(object: ListedObject): readonly ListedObject[] | undefined {
    const [first] = this.#open
    if (first === undefined || first.key === object.key) {
      this.#open.push(object)
      return undefined
    }
    const ended = this.#open
    this.#open = [object]
    return ended
  }

  /** The last key. */
  end(): readonly ListedObject[] | undefined {
    const ended = this.#open
    this.#open = []
    return ended.length === 0 ? undefined : ended
  }
}
