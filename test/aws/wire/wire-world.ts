import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms"
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3"
import { openDataPlane, openSdkDataPlane } from "../../../src/aws/wire/open-data-plane.ts"
import { AwsSession } from "../../../src/aws/sessions.ts"
import type { AwsCredentials } from "../../../src/aws/clients.ts"
import type { AccountId, BucketName, KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import type { Clock } from "../../../src/kernel/clock.ts"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/index.ts"

export const OWNER = "111111111111" as AccountId
export const REGION = "eu-central-1" as RegionName
export const SOURCE = "wire-source" as BucketName
export const TARGET = "wire-target" as BucketName

export interface WireWorld {
  readonly sandbox: Sandbox
  readonly s3: S3Client
  readonly oldKey: KeyArn
  readonly newKey: KeyArn
  readonly plane: DataPlane
  close(): Promise<void>
}

/** Two versioned buckets and two keys of one account in a sandbox, and a data plane on it. */
export async function wireWorld(options: Partial<SandboxOptions> = {}, kind: Kind = "undici"): Promise<WireWorld> {
  const sandbox = await startSandbox({ accounts: [{ id: OWNER, name: "prod" }], ...options })
  const config = { endpoint: sandbox.endpoint, region: REGION, credentials: sandbox.credentialsFor(OWNER) }
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  const kms = new KMSClient(config)
  const newKeyArn = async (): Promise<KeyArn> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn as KeyArn
  for (const Bucket of [SOURCE, TARGET]) {
    await s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
    )
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }))
  }
  const plane = planeOn(sandbox.endpoint, sandbox.credentialsFor(OWNER), { kind })
  const [oldKey, newKey] = [await newKeyArn(), await newKeyArn()]
  kms.destroy()
  return {
    sandbox,
    s3,
    oldKey,
    newKey,
    plane,
    async close() {
      await plane.close()
      s3.destroy()
      await sandbox.close()
    },
  }
}

export type Kind = "undici" | "raw" | "sdk"

interface PlaneOptions {
  readonly kind?: Kind
  readonly clock?: Clock
  readonly maxInFlight?: number
  readonly invalidate?: () => void
}

export function planeOn(
  endpoint: string,
  credentials: AwsCredentials | (() => Promise<AwsCredentials>),
  { kind = "undici", clock = systemClock, maxInFlight = 16, invalidate = () => undefined }: PlaneOptions = {},
): DataPlane {
  const source =
    typeof credentials === "function" ? credentials : (): Promise<AwsCredentials> => Promise.resolve(credentials)
  const session = new AwsSession({ account: OWNER, principal: "arn:aws:iam::111111111111:root" }, source, invalidate)
  const options = { clock, session, region: REGION, endpoint, maxInFlight }
  return kind === "sdk" ? openSdkDataPlane(options) : openDataPlane({ ...options, transport: kind })
}
