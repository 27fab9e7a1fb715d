import { randomBytes } from "node:crypto"
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ReEncryptCommand,
  ReplicateKeyCommand,
  ScheduleKeyDeletionCommand,
  CancelKeyDeletionCommand,
} from "@aws-sdk/client-kms"
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3"
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts"

/** An AWS, or something that claims to be one. */
export interface Target {
  readonly name: string
  readonly endpoint: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  readonly account: string
  readonly regions: readonly [string, string]
  /** A role that may be assumed, when the target has one. */
  readonly role?: string
  /** Capabilities that it lacks; see the matrix in the README of docs/conformance.md. */
  readonly lacks: ReadonlySet<string>
}

export interface ConformanceCase {
  readonly name: string
  readonly needs: readonly string[]
  /** Throws when the target does not behave like AWS. */
  run(target: Target): Promise<void>
}

const clientConfig = (target: Target, region = target.regions[0]) => ({
  region,
  endpoint: target.endpoint,
  credentials: target.credentials,
  maxAttempts: 1,
  ignoreConfiguredEndpointUrls: true,
})
const kms = (target: Target, region?: string): KMSClient => new KMSClient(clientConfig(target, region))
const s3 = (target: Target, region?: string): S3Client =>
  new S3Client({ ...clientConfig(target, region), forcePathStyle: true })
const unique = (prefix: string): string => `${prefix}-${randomBytes(6).toString("hex")}`

function equal(what: string, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${what}: got ${JSON.stringify(actual)}, AWS says ${JSON.stringify(expected)}`)
}

async function refuses(names: readonly string[], act: Promise<unknown>): Promise<void> {
  const outcome = await act.then(
    () => "accepted",
    (error: Error) => error.name,
  )
  if (!names.includes(outcome)) throw new Error(`got ${outcome}, AWS answers ${names.join(" or ")}`)
}

async function newKey(target: Target, multiRegion = false): Promise<string> {
  const made = await kms(target).send(new CreateKeyCommand({ MultiRegion: multiRegion }))
  return made.KeyMetadata?.Arn ?? ""
}

async function newBucket(target: Target): Promise<string> {
  const bucket = unique("conformance")
  await s3(target).send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: target.regions[0] as "eu-central-1" },
    }),
  )
  return bucket
}

const put = (target: Target, bucket: string, key: string, body: string, keyArn?: string) =>
  s3(target).send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: Buffer.from(body),
      ...(keyArn === undefined ? {} : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn }),
    }),
  )
const get = async (target: Target, bucket: string, key: string): Promise<string> => {
  const got = await s3(target).send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  return (await got.Body?.transformToString()) ?? ""
}

export const CASES: readonly ConformanceCase[] = [
  {
    name: "KMS: a ciphertext opens with its context and no other",
    needs: [],
    async run(target) {
      const client = kms(target)
      const key = await newKey(target)
      const sealed = await client.send(
        new EncryptCommand({ KeyId: key, Plaintext: Buffer.from("secret"), EncryptionContext: { tenant: "acme" } }),
      )
      const opened = await client.send(
        new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: { tenant: "acme" } }),
      )
      equal("plaintext", Buffer.from(opened.Plaintext ?? []).toString(), "secret")
      equal("key", opened.KeyId, key)
      await refuses(
        ["InvalidCiphertextException"],
        client.send(
          new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: { tenant: "globex" } }),
        ),
      )
      const bent = Buffer.from(sealed.CiphertextBlob ?? [])
      bent[bent.length - 1] = (bent[bent.length - 1] ?? 0) ^ 1
      await refuses(
        ["InvalidCiphertextException"],
        client.send(new DecryptCommand({ CiphertextBlob: bent, EncryptionContext: { tenant: "acme" } })),
      )
    },
  },
  {
    name: "KMS: another key is refused by name",
    needs: [],
    async run(target) {
      const [a, b] = [await newKey(target), await newKey(target)]
      const sealed = await kms(target).send(new EncryptCommand({ KeyId: a, Plaintext: Buffer.from("x") }))
      await refuses(
        ["IncorrectKeyException"],
        kms(target).send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, KeyId: b })),
      )
    },
  },
  {
    name: "KMS: a disabled key refuses, and works again when enabled",
    needs: [],
    async run(target) {
      const client = kms(target)
      const key = await newKey(target)
      const sealed = await client.send(new EncryptCommand({ KeyId: key, Plaintext: Buffer.from("x") }))
      await client.send(new DisableKeyCommand({ KeyId: key }))
      await refuses(["DisabledException"], client.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob })))
      await client.send(new EnableKeyCommand({ KeyId: key }))
      await client.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }))
    },
  },
  {
    name: "KMS: a deletion that was cancelled leaves the key disabled",
    needs: [],
    async run(target) {
      const client = kms(target)
      const key = await newKey(target)
      await client.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }))
      await refuses(
        ["KMSInvalidStateException"],
        client.send(new EncryptCommand({ KeyId: key, Plaintext: Buffer.from("x") })),
      )
      await client.send(new CancelKeyDeletionCommand({ KeyId: key }))
      const described = await client.send(new DescribeKeyCommand({ KeyId: key }))
      equal("state", described.KeyMetadata?.KeyState, "Disabled")
    },
  },
  {
    name: "KMS: a window of five days is refused",
    needs: [],
    async run(target) {
      await refuses(
        ["ValidationException"],
        kms(target).send(new ScheduleKeyDeletionCommand({ KeyId: await newKey(target), PendingWindowInDays: 5 })),
      )
    },
  },
  {
    name: "KMS: what one Region wrapped, the replica opens",
    needs: [],
    async run(target) {
      const [home, away] = target.regions
      const key = await newKey(target, true)
      const made = await kms(target).send(new ReplicateKeyCommand({ KeyId: key, ReplicaRegion: away }))
      equal("replica", made.ReplicaKeyMetadata?.Arn, key.replace(home, away))
      for (let tries = 0; tries < 100; tries++) {
        const seen = await kms(target, away).send(new DescribeKeyCommand({ KeyId: made.ReplicaKeyMetadata?.Arn }))
        if (seen.KeyMetadata?.KeyState === "Enabled") break
      }
      const wrapped = await kms(target).send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: "AES_256" }))
      const opened = await kms(target, away).send(new DecryptCommand({ CiphertextBlob: wrapped.CiphertextBlob }))
      equal(
        "data key",
        Buffer.from(opened.Plaintext ?? []).toString("hex"),
        Buffer.from(wrapped.Plaintext ?? []).toString("hex"),
      )
    },
  },
  {
    name: "KMS: a new replica is Creating and carries its policy",
    needs: ["kms.replica-lifecycle"],
    async run(target) {
      const made = await kms(target).send(
        new ReplicateKeyCommand({ KeyId: await newKey(target, true), ReplicaRegion: target.regions[1] }),
      )
      equal("state", made.ReplicaKeyMetadata?.KeyState, "Creating")
      if (!made.ReplicaPolicy?.includes("Statement")) throw new Error("no ReplicaPolicy came back")
    },
  },
  {
    name: "KMS: a replica cannot be replicated",
    needs: [],
    async run(target) {
      const single = await newKey(target)
      await refuses(
        ["UnsupportedOperationException"],
        kms(target).send(new ReplicateKeyCommand({ KeyId: single, ReplicaRegion: target.regions[1] })),
      )
    },
  },
  {
    name: "KMS: ReEncrypt moves a blob without showing it",
    needs: ["kms.reencrypt-without-source"],
    async run(target) {
      const [a, b] = [await newKey(target), await newKey(target)]
      const sealed = await kms(target).send(new EncryptCommand({ KeyId: a, Plaintext: Buffer.from("x") }))
      const moved = await kms(target).send(
        new ReEncryptCommand({ CiphertextBlob: sealed.CiphertextBlob, DestinationKeyId: b }),
      )
      equal("keys", [moved.SourceKeyId, moved.KeyId], [a, b])
    },
  },
  {
    name: "KMS: DryRun says yes by an exception and does nothing",
    needs: ["kms.dry-run"],
    async run(target) {
      await refuses(
        ["DryRunOperationException"],
        kms(target).send(
          new EncryptCommand({ KeyId: await newKey(target), Plaintext: Buffer.from("x"), DryRun: true }),
        ),
      )
    },
  },
  {
    name: "KMS: alias/aws/ is reserved",
    needs: ["kms.alias-reserved"],
    async run(target) {
      await refuses(
        ["NotAuthorizedException", "ValidationException", "InvalidAliasNameException"],
        kms(target).send(new CreateAliasCommand({ AliasName: "alias/aws/mine", TargetKeyId: await newKey(target) })),
      )
    },
  },
  {
    name: "S3: an object under a disabled key cannot be read or copied",
    needs: ["s3.copy-source-key-state"],
    async run(target) {
      const [key, other, bucket] = [await newKey(target), await newKey(target), await newBucket(target)]
      await put(target, bucket, "k", "body", key)
      equal("body", await get(target, bucket, "k"), "body")
      await kms(target).send(new DisableKeyCommand({ KeyId: key }))
      await refuses(["KMS.DisabledException"], get(target, bucket, "k"))
      const copy = new CopyObjectCommand({
        Bucket: bucket,
        Key: "c",
        CopySource: `${bucket}/k`,
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: other,
      })
      await refuses(["KMS.DisabledException"], s3(target).send(copy))
    },
  },
  {
    name: "S3: a copy is re-encrypted under the key it names, by full ARN",
    needs: [],
    async run(target) {
      const [key, other, bucket] = [await newKey(target), await newKey(target), await newBucket(target)]
      await put(target, bucket, "k", "body", key)
      const made = await s3(target).send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: "c",
          CopySource: `${bucket}/k`,
          ServerSideEncryption: "aws:kms",
          SSEKMSKeyId: other,
        }),
      )
      equal("key of the copy", made.SSEKMSKeyId, other)
      equal("bytes", await get(target, bucket, "c"), "body")
    },
  },
  {
    name: "S3: If-None-Match on a copy refuses what is there",
    needs: [],
    async run(target) {
      const bucket = await newBucket(target)
      await put(target, bucket, "k", "a")
      await put(target, bucket, "c", "b")
      await refuses(
        ["PreconditionFailed"],
        s3(target).send(
          new CopyObjectCommand({ Bucket: bucket, Key: "c", CopySource: `${bucket}/k`, IfNoneMatch: "*" }),
        ),
      )
      equal("destination", await get(target, bucket, "c"), "b")
    },
  },
  {
    name: "S3: under SSE-KMS the ETag is not the MD5",
    needs: ["s3.etag-kms"],
    async run(target) {
      const [key, bucket] = [await newKey(target), await newBucket(target)]
      const made = await put(target, bucket, "k", "body", key)
      if (made.ETag === '"841a2d689ad86bd1611447453c22c6fc"') throw new Error("the ETag is the MD5 of the body")
    },
  },
  {
    name: "S3: keys are listed in the order of their bytes, page by page",
    needs: ["s3.list-non-ascii"],
    async run(target) {
      const bucket = await newBucket(target)
      const keys = ["a//b/../c", "a b+c%", "~", "\uff5e", "😀"]
      for (const key of keys) await put(target, bucket, key, "x")
      const seen: string[] = []
      let token: string | undefined
      do {
        const page = await s3(target).send(
          new ListObjectsV2Command({
            Bucket: bucket,
            MaxKeys: 2,
            EncodingType: "url",
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        )
        seen.push(...(page.Contents ?? []).map((entry) => decodeURIComponent((entry.Key ?? "").replaceAll("+", "%20"))))
        token = page.NextContinuationToken
      } while (token !== undefined)
      equal("keys", seen, ["a b+c%", "a//b/../c", "~", "\uff5e", "😀"])
    },
  },
  {
    name: "S3: a delete in a versioned bucket hides, and a version brings back",
    needs: [],
    async run(target) {
      const bucket = await newBucket(target)
      await s3(target).send(
        new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
      )
      await put(target, bucket, "k", "one")
      await s3(target).send(new DeleteObjectCommand({ Bucket: bucket, Key: "k" }))
      await refuses(["NotFound"], s3(target).send(new HeadObjectCommand({ Bucket: bucket, Key: "k" })))
      const versions = await s3(target).send(new ListObjectVersionsCommand({ Bucket: bucket }))
      equal("versions and markers", [versions.Versions?.length, versions.DeleteMarkers?.length], [1, 1])
    },
  },
  {
    name: "STS: the caller has the account of its credentials",
    needs: [],
    async run(target) {
      const identity = await new STSClient(clientConfig(target)).send(new GetCallerIdentityCommand({}))
      equal("account", identity.Account, target.account)
    },
  },
  {
    name: "STS: a role that does not exist cannot be assumed",
    needs: ["sts.checks"],
    async run(target) {
      const command = new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${target.account}:role/none`,
        RoleSessionName: "conformance",
      })
      await refuses(["AccessDenied"], new STSClient(clientConfig(target)).send(command))
    },
  },
]
