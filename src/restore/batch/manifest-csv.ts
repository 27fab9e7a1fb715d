import type { ListedObject } from "../objects.ts"
import type { JobRows } from "./census.ts"
import { encodeKey } from "./key-encoding.ts"
import { assign, type SplitBy } from "./split.ts"

const CHUNK_CHARACTERS = 64 * 1024

/**
 * The manifest of one job: `bucket,key[,version]` without a header, keys url-encoded. The same objects give the same bytes, so
 * that it may be written again. Buckets and version ids have no character that CSV would quote.
 */
export async function* manifestCsv(
  part: SplitBy,
  { name, versions }: JobRows,
  objects: AsyncIterable<ListedObject>,
): AsyncGenerator<Buffer> {
  const { bucket } = part.aim.source
  let text = ""
  for await (const object of objects) {
    const to = assign(part, object)
    if (to.kind === "left" || to.job !== name) continue
    text += `${bucket},${encodeKey(object.key)}${versions ? `,${object.versionId ?? ""}` : ""}\n`
    if (text.length < CHUNK_CHARACTERS) continue
    yield Buffer.from(text)
    text = ""
  }
  if (text !== "") yield Buffer.from(text)
}
