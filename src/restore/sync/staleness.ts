import type { ListedObject } from "../objects.ts"

/** What a recovery copy lacks of its source. */
export type Staleness =
  | { readonly kind: "fresh" }
  /** The source has it, the copy does not. */
  | { readonly kind: "absent" }
  /** The copy has an older one, or one of another size. */
  | { readonly kind: "stale"; readonly replaces: string }

/**
 * A copy is made after its source was written, so a source that is newer than its copy was written since. Of the same second,
 * S3's unit of time, nobody can tell, and the copy is taken for older: to copy once more costs a request, to leave it a backup.
 * Not seen: an object of many parts that replaces one of the same size, where the copy was made while its parts were being
 * uploaded, since S3 dates it by the beginning of its upload.
 */
export function stalenessOf(source: ListedObject, copy: ListedObject | undefined): Staleness {
  if (copy === undefined) return { kind: "absent" }
  const isFresh = copy.sizeBytes === source.sizeBytes && copy.modifiedAt > source.modifiedAt
  return isFresh ? { kind: "fresh" } : { kind: "stale", replaces: copy.etag }
}
