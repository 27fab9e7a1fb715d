import type { ListedObject, VersionMode } from "../objects.ts"
import type { RestorePart } from "../plan/restore-plan.ts"
import { selectVersions } from "../plan/versions.ts"
import { compareHistory } from "./compare-history.ts"
import type { FrozenKey } from "./frozen-keys.ts"
import type { JoinedTally } from "./joined.ts"
import type { ListedKey } from "./listed-keys.ts"

const NOTHING: readonly ListedObject[] = []

/** What stands at the destination under one key, beside what the run should have put there. */
export function compareDestination(
  tally: JoinedTally,
  key: string,
  frozen: FrozenKey | undefined,
  standing: ListedKey | undefined,
): void {
  if (frozen === undefined) return tally.add("extra", key, standing?.objects.length)
  const expected = frozen.expected.includes(false)
    ? frozen.objects.filter((_, at) => frozen.expected[at])
    : frozen.objects
  const left = frozen.objects.length - expected.length
  const diff = compareHistory(expected, standing?.objects.toReversed() ?? NOTHING)
  tally.add("notExpected", key, left)
  tally.add("matched", key, diff.matched)
  tally.add("different", key, diff.different)
  tally.add("missing", key, diff.missing)
  // What another part or an unproven attempt has put there is in the manifest, too.
  tally.add("extra", key, Math.max(diff.extra - left, 0))
}

/** What a plan of today would take of the source under one key, beside what the frozen one took. */
export function compareSource(
  tally: JoinedTally,
  key: string,
  frozen: FrozenKey | undefined,
  source: readonly ListedObject[],
): void {
  const today = new Map(source.map((object) => [object.versionId, object]))
  frozen?.objects.forEach((object, at) => {
    const now = today.get(object.versionId)
    today.delete(object.versionId)
    if (frozen.expected[at] !== true) return
    if (now === undefined) tally.add("vanished", key)
    else if (now.etag !== object.etag) tally.add("changed", key)
  })
  tally.add("appeared", key, today.size)
}

/** Both at once where objects are re-keyed in place: that keeps ETag and date, so anything else is another object. */
export function compareInPlace(
  tally: JoinedTally,
  key: string,
  frozen: FrozenKey | undefined,
  source: readonly ListedObject[],
): void {
  const today = new Map(source.map((object) => [object.versionId, object]))
  frozen?.objects.forEach((object, at) => {
    const now = today.get(object.versionId)
    today.delete(object.versionId)
    if (frozen.expected[at] !== true) return tally.add("notExpected", key)
    if (now !== undefined) return tally.add(isUntouched(object, now) ? "matched" : "changed", key)
    tally.add("missing", key)
    tally.add("vanished", key)
  })
  tally.add("appeared", key, today.size)
}

const isUntouched = (object: ListedObject, now: ListedObject): boolean =>
  now.etag === object.etag && now.modifiedAt === object.modifiedAt && now.sizeBytes === object.sizeBytes

/** Of what the source has under a key, what a restore in this mode takes: oldest first. */
export const takenToday = (
  source: ListedKey | undefined,
  mode: VersionMode,
  operation: RestorePart["operation"],
): readonly ListedObject[] => (source === undefined ? NOTHING : selectVersions(source.objects, mode, operation))
