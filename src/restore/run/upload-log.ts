import type { OpenUpload } from "../journal/lines.ts"
import type { ObjectJournal } from "../journal/object-journal.ts"
import { destinationKey, type Aim, type ListedObject } from "../objects.ts"
import type { Item } from "../ports.ts"
import type { UploadLog } from "../routes/context.ts"

type Place = Pick<Item, "page" | "index">

/** Uploads in parts, as the object journal has them: an id is on the disk before its first part is sent. */
export class JournaledUploads implements UploadLog {
  readonly #journal: ObjectJournal
  readonly #aim: Aim
  readonly #left: readonly OpenUpload[]
  readonly #places = new WeakMap<ListedObject, Place>()

  /** `left`: opened by an earlier process and not closed. */
  constructor(journal: ObjectJournal, aim: Aim, left: readonly OpenUpload[]) {
    this.#journal = journal
    this.#aim = aim
    this.#left = left
  }

  /** Where in the manifest the object stands. */
  place(object: ListedObject, { page, index }: Place): void {
    this.#places.set(object, { page, index })
  }

  opened(object: ListedObject, uploadId: string): Promise<void> {
    const { bucket } = this.#aim.destination
    return this.#journal.openUpload({
      uploadId,
      ...this.#placeOf(object),
      bucket,
      key: destinationKey(this.#aim, object.key),
    })
  }

  closed(_object: ListedObject, uploadId: string, how: "completed" | "aborted"): void {
    this.#journal.closeUpload(uploadId, how)
  }

  left(object: ListedObject): readonly string[] {
    if (this.#left.length === 0) return []
    const { page, index } = this.#placeOf(object)
    return this.#left.filter((open) => open.page === page && open.index === index).map(({ uploadId }) => uploadId)
  }

  #placeOf(object: ListedObject): Place {
    const place = this.#places.get(object)
    if (place === undefined) throw new RangeError("an object that no page of the manifest has")
    return place
  }
}
