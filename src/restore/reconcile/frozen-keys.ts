import type { ListedObject } from "../objects.ts"
import type { Manifest, ManifestRange } from "../manifest/read-manifest.ts"
import type { Keyed, Sorted } from "./cursor.ts"
import { merge } from "./merge.ts"
import type { Stretch } from "./stretches.ts"

/** A manifest, and what the run that worked on it has left at the destination. */
export interface FrozenPart {
  readonly name: string
  readonly manifest: Pick<Manifest, "ranges" | "pagesOf">
  /** False for what the run did not carry over, and for all of a part that is not looked at: known, but not looked for. */
  readonly isExpected: (page: number, index: number, object: ListedObject) => boolean
}

/** What the manifests have under one key, in the order in which it was done. */
export interface FrozenKey extends Keyed {
  readonly objects: readonly ListedObject[]
  /** One for each object. */
  readonly expected: readonly boolean[]
}

/** The keys of one stretch, of all parts. @throws DrError E_JOIN_ORDER when two parts have the same key; E_MANIFEST */
export function frozenKeys(parts: readonly FrozenPart[], stretch: Stretch): Sorted<FrozenKey> {
  return merge(
    parts.map((part, at) => ({
      name: `the manifest of ${part.name}`,
      entries: keysOfPart(part, stretch.ranges[at] ?? []),
    })),
  )
}

async function* keysOfPart(
  { manifest, isExpected }: FrozenPart,
  ranges: readonly ManifestRange[],
): AsyncGenerator<readonly FrozenKey[], void, void> {
  let open: { key: string; objects: ListedObject[]; expected: boolean[] } | undefined
  for (const range of ranges)
    for await (const { page, objects } of manifest.pagesOf(range)) {
      const ended: FrozenKey[] = []
      for (const [index, object] of objects.entries()) {
        const expected = isExpected(page, index, object)
        if (open?.key === object.key) {
          open.objects.push(object)
          open.expected.push(expected)
          continue
        }
        if (open !== undefined) ended.push(open)
        open = { key: object.key, objects: [object], expected: [expected] }
      }
      yield ended
    }
  if (open !== undefined) yield [open]
}
