import type { RefusedGroup, VerifyLevel } from "./restore-plan.ts"
import { ARCHIVED, classAt, type Way as Classified } from "./classify.ts"
import type { PartWork } from "./estimate.ts"
import type { Inspected } from "./inspect.ts"
import { kmsCallsPerObject } from "./kms-calls.ts"
import type { ListedPart } from "./list-way.ts"

/** A part's work, as the limits and the bill count it. */
export function workOf(
  { tallied, manifest }: ListedPart,
  { operation, aim, routing }: Classified,
  { shares }: Pick<Inspected, "shares">,
  verify: VerifyLevel,
): PartWork {
  const { counts, carried, bytesCarried, parts } = tallied
  const readable = Object.entries(counts.byClass).filter(
    ([name]) => operation === "rekey" || routing.archived === "try" || !ARCHIVED.has(name),
  )
  const classOf = (name: string): string => (operation === "rekey" ? name : classAt(aim, name))
  const writesByClass: Record<string, number> = {}
  for (const [name, { objects }] of readable)
    writesByClass[classOf(name)] = (writesByClass[classOf(name)] ?? 0) + objects
  return {
    objects: carried,
    bytes: bytesCarried,
    parts,
    multipart: counts.multipart,
    operation,
    verify,
    kms: kmsCallsPerObject({ operation, bucketKey: aim.bucketKey, shares, verifies: verify }),
    regions: { source: aim.source.region, destination: aim.destination.region },
    pages: manifest.pages,
    writesByClass,
    bytesByClass: Object.fromEntries(readable.map(([name, { bytes }]) => [name, bytes])),
  }
}

/** What the listing refused and what inspection did: one group for each name. */
export function refusedOf(listed: readonly RefusedGroup[], inspected: readonly RefusedGroup[]): RefusedGroup[] {
  const groups = new Map<string, RefusedGroup>()
  for (const group of [...listed, ...inspected]) {
    const known = groups.get(group.why)
    groups.set(
      group.why,
      known === undefined
        ? group
        : {
            why: group.why,
            objects: known.objects + group.objects,
            estimated: known.estimated || group.estimated,
            examples: [...known.examples, ...group.examples].slice(0, 5),
          },
    )
  }
  return [...groups.values()]
}
