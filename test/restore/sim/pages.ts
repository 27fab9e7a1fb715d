import type { ListedObject } from "../../../src/restore/objects.ts"
import type { PageSource, WorkPage } from "../../../src/restore/ports.ts"

export function listed(key: string, sizeBytes = 1): ListedObject {
  return { key, sizeBytes, modifiedAt: 0, etag: '"s"', storageClass: "STANDARD" }
}

/** `count` objects in pages of `perPage`, spread over partitions one after the other within a page. */
export function pagesOf(count: number, perPage: number, partitions: number): WorkPage[] {
  const pages: WorkPage[] = []
  for (let from = 0; from < count; from += perPage) {
    const objects = Array.from({ length: Math.min(perPage, count - from) }, (_, at) =>
      listed(`p${Math.floor((at * partitions) / perPage)}/${String(from + at).padStart(8, "0")}`),
    )
    pages.push({ page: pages.length, range: 0, objects })
  }
  return pages
}

export function sourceOf(pages: readonly WorkPage[]): PageSource & { readonly pulled: number } {
  let at = 0
  return {
    get pulled() {
      return at
    },
    next: () => Promise.resolve(pages[at++]),
  }
}
