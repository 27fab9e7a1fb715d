import { AwsClient } from "aws4fetch"

/** aws4fetch, 64 loops over one iterator of keys. Argument: endpoint. */
const [endpoint = ""] = process.argv.slice(2)
const client = new AwsClient({
  accessKeyId: "ASIA111111111111BENCH",
  secretAccessKey: "bench",
  region: "eu-west-1",
  service: "s3",
  retries: 5,
})

async function* keys(): AsyncGenerator<string> {
  for (let after = ""; ;) {
    const answer = await client.fetch(
      `${endpoint}/src?list-type=2&prefix=data/&start-after=${encodeURIComponent(after)}`,
    )
    const text = await answer.text()
    for (const [, key = ""] of text.matchAll(/<Key>([^<]*)/g)) yield (after = key)
    if (!text.includes("<IsTruncated>true")) return
  }
}

const all = keys()
async function work(): Promise<void> {
  for (;;) {
    const { value: key, done } = await all.next()
    if (done === true) return
    const answer = await client.fetch(`${endpoint}/dst/${key}`, {
      method: "PUT",
      headers: {
        "x-amz-copy-source": `src/${key}`,
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id":
          "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-4333-8444-555555555555",
      },
    })
    if (!answer.ok) throw new Error(`${key}: ${answer.status}`)
    await answer.text()
  }
}
await Promise.all(Array.from({ length: 64 }, work))
