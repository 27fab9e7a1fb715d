import { fork } from "node:child_process"
import { once } from "node:events"
import { loadavg } from "node:os"
import { performance } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import { CreateKeyCommand, DecryptCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms"
import { CopyObjectCommand, CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { forEachBounded } from "../../src/kernel/concurrency.ts"

const ROUNDS = 3
const REQUESTS = 4_000
const out = (line: string): void => void process.stdout.write(`${line}\n`)

interface Ready {
  endpoint: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  startMs: number
}

/** The sandbox in a process of its own, the AWS SDK in this one: what a rehearsal sees on two cores. */
export async function sandboxBench(): Promise<void> {
  const child = fork(fileURLToPath(new URL("sandbox-process.mjs", import.meta.url)), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [],
  })
  try {
    const [ready] = (await once(child, "message")) as [Ready]
    out(
      `sandbox: Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}, ${REQUESTS} requests, best of ${ROUNDS} rounds, client and server in one process each`,
    )
    out(`start                      ${ready.startMs.toFixed(0)} ms           (bar: < 300 ms)`)
    const config = { region: "eu-central-1", endpoint: ready.endpoint, credentials: ready.credentials, maxAttempts: 1 }
    await decrypts(new KMSClient(config))
    await copies(new S3Client({ ...config, forcePathStyle: true }), new KMSClient(config))
    child.send("memory")
    const [memory] = (await once(child, "message")) as [{ rssMb: number; objects: number }]
    out(`memory                     ${memory.rssMb.toFixed(0)} MB RSS after the run`)
  } finally {
    child.kill()
  }
}

async function decrypts(kms: KMSClient): Promise<void> {
  const key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? ""
  const sealed = (await kms.send(new EncryptCommand({ KeyId: key, Plaintext: Buffer.alloc(32) }))).CiphertextBlob
  const rate = await best(async () => void (await kms.send(new DecryptCommand({ CiphertextBlob: sealed }))))
  out(`kms Decrypt                ${rate.toFixed(0)}/s at 16 in flight (bar: >= 1,000/s)`)
}

async function copies(s3: S3Client, kms: KMSClient): Promise<void> {
  const key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? ""
  await s3.send(
    new CreateBucketCommand({ Bucket: "bench", CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  )
  await s3.send(
    new PutObjectCommand({
      Bucket: "bench",
      Key: "source",
      Body: Buffer.alloc(1024, 7),
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: key,
    }),
  )
  const rate = await best(async (index) => {
    const copied = await s3.send(
      new CopyObjectCommand({
        Bucket: "bench",
        Key: `copy/${index}`,
        CopySource: "bench/source",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: key,
      }),
    )
    if (copied.SSEKMSKeyId !== key) throw new Error("a copy is under another key")
  })
  out(`s3 CopyObject 1 KiB SSE-KMS ${rate.toFixed(0)}/s at 16 in flight (bar: >= 800/s)`)
}

/** Requests per second of the best round; the first warms up. */
async function best(work: (index: number) => Promise<void>): Promise<number> {
  let rate = 0
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    await forEachBounded(
      Array.from({ length: REQUESTS }, (_, index) => index),
      16,
      work,
    )
    rate = Math.max(rate, (REQUESTS / (performance.now() - started)) * 1000)
  }
  return rate
}
