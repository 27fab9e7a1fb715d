import { Agent as HttpAgent } from "node:http"
import { Agent } from "node:https"
import { CopyObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3"
import pLimit from "p-limit"

/** What people write: the SDK, its paginator, p-limit(64). Argument: endpoint. */
const [endpoint = ""] = process.argv.slice(2)
const client = new S3Client({
  region: "eu-west-1",
  endpoint,
  forcePathStyle: true,
  credentials: { accessKeyId: "ASIA111111111111BENCH", secretAccessKey: "bench" },
  requestHandler: {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new Agent({ keepAlive: true, maxSockets: 64 }),
  },
})
const limit = pLimit(64)
const copies: Array<Promise<unknown>> = []
for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: "src", Prefix: "data/" }))
  for (const { Key = "" } of Contents)
    copies.push(
      limit(() =>
        client.send(
          new CopyObjectCommand({
            Bucket: "dst",
            Key,
            CopySource: `src/${Key}`,
            ServerSideEncryption: "aws:kms",
            SSEKMSKeyId: "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-4333-8444-555555555555",
          }),
        ),
      ),
    )
await Promise.all(copies)
client.destroy()
