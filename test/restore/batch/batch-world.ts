import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3"
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms"
import { connectAws, type AllPorts } from "../../../src/aws/ports.ts"
import type { AccountId, BucketName, KeyArn, RegionName, RoleArn } from "../../../src/kernel/brands.ts"
import { eventStream } from "../../../src/kernel/events.ts"
import { COPY_LIMIT_BYTES, type Aim, type ListedObject } from "../../../src/restore/objects.ts"
import type { RestorePart } from "../../../src/restore/plan/restore-plan.ts"
import type { RestoreDeps, RunFile, RunFiles } from "../../../src/restore/ports.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { collectEvents, type Collected } from "../../support/collect-events.ts"
import { fakeClock } from "../../support/fake-clock.ts"

export const ACCOUNT = "111111111111" as AccountId
export const REGION = "eu-central-1" as RegionName
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/batch` as RoleArn
const allow = (more: object): object => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] })

export interface BatchWorld {
  readonly sandbox: Sandbox
  readonly s3: S3Client
  readonly aws: AllPorts
  readonly oldKey: KeyArn
  readonly newKey: KeyArn
  readonly events: Collected
  /** Sleeping moves the clock of the sandbox. */
  readonly deps: RestoreDeps
  bucket(name: string, versioned?: boolean): Promise<BucketName>
  put(bucket: string, key: string, body: string, more?: Partial<PutObjectCommandInput>): Promise<string | undefined>
  keyOf(bucket: string, key: string, versionId?: string): Promise<string | undefined>
  /** Every version, as the frozen manifest of a plan lists them. */
  listed(bucket: BucketName, versions: boolean): () => AsyncIterable<ListedObject>
  close(): Promise<void>
}

export async function batchWorld(): Promise<BatchWorld> {
  const trust = allow({ Principal: { Service: "batchoperations.s3.amazonaws.com" }, Action: "sts:AssumeRole" })
  const sandbox = await startSandbox({
    accounts: [{ id: ACCOUNT, name: "prod" }],
    roles: [{ arn: ROLE, trust, policy: allow({ Action: "*", Resource: "*" }) }],
    pageSize: 4,
  })
  const credentials = sandbox.credentialsFor(ACCOUNT)
  const options = { region: REGION, endpoint: sandbox.endpoint, ignoreConfiguredEndpointUrls: true, credentials }
  const s3 = new S3Client({ ...options, forcePathStyle: true })
  const kms = new KMSClient(options)
  const made = async (): Promise<KeyArn> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn as KeyArn
  const [oldKey, newKey] = [await made(), await made()]
  const clock = {
    ...fakeClock(),
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted()
      sandbox.clock.advance(ms)
      await Promise.resolve()
    },
  }
  const stream = eventStream("dr-20261124T210000Z-0000", clock)
  const signal = new AbortController().signal
  const deps = { clock, random: () => 0.5, emit: stream.emit, signal }
  const aws = await connectAws({
    deps,
    endpoint: sandbox.endpoint,
    region: REGION,
    credentials: async () => credentials,
  })
  return {
    sandbox,
    s3,
    aws,
    oldKey,
    newKey,
    events: collectEvents(stream),
    deps,
    async bucket(Bucket, versioned = false) {
      const CreateBucketConfiguration = { LocationConstraint: REGION as "eu-central-1" }
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
      const VersioningConfiguration = { Status: "Enabled" as const }
      if (versioned) await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
      return Bucket as BucketName
    },
    async put(Bucket, Key, Body, more = {}) {
      const encryption = { ServerSideEncryption: "aws:kms" as const, SSEKMSKeyId: oldKey }
      return (await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...encryption, ...more }))).VersionId
    },
    async keyOf(Bucket, Key, VersionId) {
      return (await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }))).SSEKMSKeyId
    },
    listed: (bucket, versions) => () => {
      const port = aws.s3(aws.base, REGION)
      return versions ? versionsOf(port.versions(bucket, "", ACCOUNT)) : objectsOf(port.list(bucket, "", ACCOUNT))
    },
    async close() {
      aws.close()
      await sandbox.close()
    },
  }
}

type Port = ReturnType<AllPorts["s3"]>

async function* objectsOf(list: ReturnType<Port["list"]>): AsyncGenerator<ListedObject> {
  for await (const { key, sizeBytes, storageClass } of list)
    yield { key, sizeBytes, etag: "", storageClass: storageClass ?? "STANDARD", modifiedAt: 0 }
}

async function* versionsOf(list: ReturnType<Port["versions"]>): AsyncGenerator<ListedObject> {
  const seen = new Set<string>()
  for await (const { key, versionId, storageClass } of list) {
    yield {
      key,
      sizeBytes: 1,
      versionId,
      storageClass: storageClass ?? "STANDARD",
      etag: "",
      modifiedAt: 0,
      ...(seen.has(key) ? {} : { current: true as const }),
    }
    seen.add(key)
  }
}

/** A run's folder in memory. */
export function memoryRunFiles(): RunFiles & { readonly texts: Map<string, Buffer> } {
  const texts = new Map<string, Buffer>()
  const of = (name: string): Buffer => {
    const found = texts.get(name)
    if (found === undefined) throw new Error(`ENOENT ${name}`)
    return found
  }
  return {
    texts,
    create(name): RunFile {
      if (texts.has(name)) throw new Error(`EEXIST ${name}`)
      texts.set(name, Buffer.alloc(0))
      return {
        append: (bytes) => void texts.set(name, Buffer.concat([of(name), bytes])),
        sync: () => Promise.resolve(),
        close: () => undefined,
      }
    },
    async *read(name, from = 0) {
      yield of(name).subarray(from)
    },
    readAt: async (name, offset, length) => of(name).subarray(offset, offset + length),
    list: async () => [...texts.keys()].sort(),
    sizeOf: async (name) => of(name).length,
    replace: async (name, content) => void texts.set(name, Buffer.from(content)),
    truncate: async (name, length) => void texts.set(name, of(name).subarray(0, length)),
    remove: async (name) => void texts.delete(name),
  }
}

export function partOf(
  operation: RestorePart["operation"],
  keyArn: KeyArn,
  source: { readonly bucket: BucketName; readonly prefix?: string },
  destination = source,
  more: { readonly mode?: RestorePart["mode"]; readonly aim?: Partial<Aim> } = {},
): RestorePart {
  const place = ({ bucket, prefix = "" }: typeof source) => ({ bucket, prefix, owner: ACCOUNT, region: REGION })
  return {
    name: "loki",
    operation,
    aim: {
      source: place(source),
      destination: place(destination),
      keyArn,
      bucketKey: true,
      storageClass: "keep",
      ...more.aim,
    },
    mode: more.mode ?? { kind: "current" },
    routing: { multipartAboveBytes: COPY_LIMIT_BYTES, archived: "refuse" },
    etaMs: 0,
    manifest: { file: "manifest", sha256: "", pages: 1 },
    counts: { objects: 0, bytes: 0, deleteMarkers: 0, noncurrent: 0, multipart: 0, byClass: {}, inspected: 0 },
    refused: [],
  }
}
