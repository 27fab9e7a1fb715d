import { answer, failure, type Answer } from "./answer.ts"
import type { Asked } from "./asked.ts"

const ETAG = 'ETag: "11111111111111111111111111111111"\r\n'

/** Objects of all buckets but the two of the copies, with their bytes: locks, and whatever else a client lays down. */
export class SmallObjects {
  readonly #bodies = new Map<string, string>()

  answer(bucket: string, key: string, asked: Asked): Answer {
    const name = `${bucket}/${key}`
    const body = this.#bodies.get(name)
    switch (asked.method) {
      case "PUT":
        if (body !== undefined && asked.header("if-none-match") === "*") return failure(412, "PreconditionFailed")
        this.#bodies.set(name, asked.body)
        return answer("", { headers: ETAG })
      case "DELETE":
        this.#bodies.delete(name)
        return answer("", { status: 204 })
      default:
        return body === undefined
          ? failure(404, "NoSuchKey")
          : answer(body, { headers: ETAG, type: "application/json" })
    }
  }

  list(bucket: string, prefix: string, after: string): string {
    const keys = [...this.#bodies.keys()]
      .filter((name) => name.startsWith(`${bucket}/${prefix}`))
      .map((name) => name.slice(bucket.length + 1))
      .filter((key) => key > after)
      .toSorted()
    const entries = keys.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2026-11-24T00:00:00.000Z</LastModified><ETag>&quot;11111111111111111111111111111111&quot;</ETag><Size>${this.#bodies.get(`${bucket}/${key}`)?.length ?? 0}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    )
    return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${prefix}</Prefix><KeyCount>${keys.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>${entries.join("")}</ListBucketResult>`
  }
}
