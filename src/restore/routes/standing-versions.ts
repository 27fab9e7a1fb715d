import type { ListedObject } from "../objects.ts"
import type { Attempt } from "../ports.ts"
import { destinationRef, type ReadContext, type Work } from "./context.ts"
import { attemptFor } from "./judge.ts"

export type StandingVersions =
  /** Oldest first, delete markers included. */
  | { readonly kind: "versions"; readonly versions: readonly ListedObject[] }
  | { readonly kind: "settles"; readonly attempt: Attempt }

/** All versions of exactly this key at the destination. Keys that begin with it come behind it in byte order. */
export async function standingVersions(context: ReadContext, work: Work): Promise<StandingVersions> {
  const { key, ...place } = destinationRef(context.aim, work.object.key)
  const newestFirst: ListedObject[] = []
  let from: { readonly after?: string; readonly afterVersion?: string } = {}
  for (;;) {
    const page = await context.destination.listVersionsPage({ ...place, prefix: key, ...from })
    if (page.kind === "error") return { kind: "settles", attempt: attemptFor(page.error, context.aim, work.object) }
    const own = page.value.objects.filter((object) => object.key === key)
    newestFirst.push(...own)
    const last = own.at(-1)
    if (!page.value.truncated || last === undefined || own.length < page.value.objects.length) break
    from = { after: key, ...(last.versionId === undefined ? {} : { afterVersion: last.versionId }) }
  }
  return { kind: "versions", versions: newestFirst.toReversed() }
}
