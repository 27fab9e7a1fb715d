import type { PageSource } from "../ports.ts"
import { cannotTrust } from "./errors.ts"
import type { Recovered } from "./recovered.ts"
import { segmentName } from "./segments.ts"

/**
 * What an earlier process left of the manifest: pages with a checkpoint are dropped, settled objects are marked. A page whose
 * objects are all settled but that has no checkpoint yet (the crash came between) comes too: it still has to get one.
 * `next` rejects with E_JOURNAL_TAMPERED when the journal tells of objects that the manifest does not have.
 */
export function remaining(
  source: PageSource,
  { settledPages, partial, next }: Pick<Recovered, "settledPages" | "partial" | "next">,
): PageSource {
  return {
    async next() {
      let page = await source.next()
      while (page !== undefined && settledPages.has(page.page)) page = await source.next()
      const settled = page === undefined ? undefined : partial.get(page.page)?.indexes
      if (page === undefined || settled === undefined) return page
      const objects = page.objects.length
      if ([...settled].some((index) => index >= objects))
        throw cannotTrust(segmentName(next.segment - 1), `page ${page.page} has only ${objects} objects`)
      return { ...page, settled }
    },
  }
}
