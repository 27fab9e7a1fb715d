import type { PageSource } from "../ports.ts"
import { cannotTrust } from "./errors.ts"
import type { Recovered } from "./recovered.ts"
import { segmentName } from "./segments.ts"

/**
 * What an earlier process left of the manifest: settled pages are dropped, settled objects are marked. A page whose objects
 * are all settled but which has no checkpoint yet (the crash came between) gets it through `settlePage`.
 * `next` rejects with E_JOURNAL_TAMPERED when the journal tells of objects that the manifest does not have.
 */
export function remaining(
  source: PageSource,
  { settledPages, partial, next }: Pick<Recovered, "settledPages" | "partial" | "next">,
  settlePage: (page: number, objects: number) => void,
): PageSource {
  return {
    async next() {
      for (let page = await source.next(); page !== undefined; page = await source.next()) {
        if (settledPages.has(page.page)) continue
        const settled = partial.get(page.page)?.indexes
        if (settled === undefined) return page
        const objects = page.objects.length
        if ([...settled].some((index) => index >= objects))
          throw cannotTrust(segmentName(next.segment - 1), `page ${page.page} has only ${objects} objects`)
        if (settled.size < objects) return { ...page, settled }
        settlePage(page.page, objects)
      }
      return undefined
    },
  }
}
