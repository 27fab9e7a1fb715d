import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  ReplicateKeyCommand,
} from "@aws-sdk/client-kms"
import {
  CopyObjectCommand,
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type BucketLocationConstraint,
} from "@aws-sdk/client-s3"
import { AssumeRoleCommand } from "@aws-sdk/client-sts"
import { parseArn } from "../access/arn.ts"
import type { KeyArn, RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { MINUTE } from "../kernel/units.ts"
import type { Becoming, RehearsalPort } from "../demo/ports.ts"
import { tagList } from "./key-admin.ts"
import { callAws, type CallDeps } from "./call.ts"
import { ClientFactory, type AwsCredentials } from "./clients.ts"
import { credentialsOf } from "./sessions.ts"
import { encodeCopySource } from "./s3-key-encoding.ts"

/** Sets up one account of a rehearsal as its administrator. */
export function rehearsalPort(
  deps: CallDeps,
  endpoint: string,
  account: string,
  credentials: AwsCredentials,
): RehearsalPort {
  const clients = new ClientFactory(endpoint)
  return { ...portAs(deps, clients, account, credentials), close: () => clients.close() }
}

function portAs(deps: CallDeps, clients: ClientFactory, account: string, credentials: AwsCredentials): RehearsalPort {
  const source = async (): Promise<AwsCredentials> => credentials
  const kms = memoised((region: RegionName) => clients.kms(region, source))
  const s3 = memoised((region: RegionName) => clients.s3(region, source))
  const regionOf = (key: KeyArn): RegionName => parseArn(key).region as RegionName
  const call = <T extends { $metadata: object }>(
    service: string,
    operation: string,
    region: RegionName,
    subject: string,
    send: (abortSignal: AbortSignal) => Promise<T>,
  ) => callAws(deps, { service, operation, account, region }, send, { subject })

  return {
    async createKey(region, description, policy, tags) {
      const command = new CreateKeyCommand({
        Description: description,
        MultiRegion: true,
        Policy: JSON.stringify(policy),
        Tags: tagList(tags),
      })
      const made = await call("kms", "CreateKey", region, description, (abortSignal) =>
        kms(region).send(command, { abortSignal }),
      )
      return given(made.KeyMetadata?.Arn, "kms:CreateKey") as KeyArn
    },
    async replicateKey(primary, region, policy, tags) {
      const at = regionOf(primary)
      const command = new ReplicateKeyCommand({
        KeyId: primary,
        ReplicaRegion: region,
        Policy: JSON.stringify(policy),
        Tags: tagList(tags),
      })
      const made = await call("kms", "ReplicateKey", at, primary, (abortSignal) =>
        kms(at).send(command, { abortSignal }),
      )
      const arn = given(made.ReplicaKeyMetadata?.Arn, "kms:ReplicateKey") as KeyArn
      // Documented as seconds, seen as ten minutes: asked until it is there (aws.md, fact 8).
      for (const deadline = deps.clock.mono() + 20 * MINUTE; ; await deps.clock.sleep(250, deps.signal)) {
        const seen = await call("kms", "DescribeKey", region, arn, (abortSignal) =>
          kms(region).send(new DescribeKeyCommand({ KeyId: arn }), { abortSignal }),
        )
        if (seen.KeyMetadata?.KeyState === "Enabled") return arn
        if (deps.clock.mono() > deadline)
          throw new DrError({
            code: "E_REPLICA_TIMEOUT",
            message: `replica ${arn} is ${seen.KeyMetadata?.KeyState} after 20 minutes`,
          })
      }
    },
    async createAlias(region, alias, key) {
      await call("kms", "CreateAlias", region, alias, (abortSignal) =>
        kms(region).send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key }), { abortSignal }),
      )
    },
    async enableRotation(key, periodDays) {
      const region = regionOf(key)
      await call("kms", "EnableKeyRotation", region, key, (abortSignal) =>
        kms(region).send(new EnableKeyRotationCommand({ KeyId: key, RotationPeriodInDays: periodDays }), {
          abortSignal,
        }),
      )
    },
    async disableKey(key) {
      const region = regionOf(key)
      await call("kms", "DisableKey", region, key, (abortSignal) =>
        kms(region).send(new DisableKeyCommand({ KeyId: key }), { abortSignal }),
      )
    },
    async createBucket(region, bucket, key, policy) {
      const send = <T extends { $metadata: object }>(
        operation: string,
        run: (abortSignal: AbortSignal) => Promise<T>,
      ) => call("s3", operation, region, `s3://${bucket}`, run)
      await send("CreateBucket", (abortSignal) =>
        s3(region).send(
          new CreateBucketCommand({
            Bucket: bucket,
            CreateBucketConfiguration: { LocationConstraint: region as string as BucketLocationConstraint },
          }),
          { abortSignal },
        ),
      )
      await send("PutBucketVersioning", (abortSignal) =>
        s3(region).send(
          new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
          { abortSignal },
        ),
      )
      const rule = {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: key },
        BucketKeyEnabled: false,
      }
      await send("PutBucketEncryption", (abortSignal) =>
        s3(region).send(
          new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
          { abortSignal },
        ),
      )
      if (policy === undefined) return
      await send("PutBucketPolicy", (abortSignal) =>
        s3(region).send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }), {
          abortSignal,
        }),
      )
    },
    async putObject(region, object) {
      const command = new PutObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        Body: object.body,
        ContentType: object.contentType,
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: object.keyArn,
        ...(object.metadata === undefined ? {} : { Metadata: object.metadata }),
        ...(object.tags === undefined ? {} : { Tagging: new URLSearchParams(object.tags).toString() }),
      })
      await call("s3", "PutObject", region, `s3://${object.bucket}/${object.key}`, (abortSignal) =>
        s3(region).send(command, { abortSignal }),
      )
    },
    async copyObject(region, from, to, key) {
      const command = new CopyObjectCommand({
        Bucket: to.bucket,
        Key: to.key,
        CopySource: encodeCopySource(from.bucket, from.key),
        ExpectedSourceBucketOwner: from.owner,
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: key,
      })
      const made = await call("s3", "CopyObject", region, `s3://${from.bucket}/${from.key}`, (abortSignal) =>
        s3(region).send(command, { abortSignal }),
      )
      given(made.CopyObjectResult?.ETag, "s3:CopyObject")
    },
    async become(role, as) {
      const sts = clients.sts(REGION, source)
      const answer = await call("sts", "AssumeRole", REGION, role, (abortSignal) =>
        sts.send(assumeRoleCommand(role, as), { abortSignal }),
      )
      return portAs(deps, clients, parseArn(role).account, credentialsOf(answer.Credentials, role))
    },
    close: () => undefined,
  }
}

/** Any Region serves STS. */
const REGION = "eu-central-1" as RegionName

const assumeRoleCommand = (role: string, as: Becoming): AssumeRoleCommand =>
  new AssumeRoleCommand({
    RoleArn: role,
    RoleSessionName: as.sessionName,
    ...(as.externalId === undefined ? {} : { ExternalId: as.externalId }),
    ...(as.sourceIdentity === undefined ? {} : { SourceIdentity: as.sourceIdentity }),
    ...(as.tags === undefined ? {} : { Tags: Object.entries(as.tags).map(([Key, Value]) => ({ Key, Value })) }),
    ...(as.secondFactor === undefined ? {} : { SerialNumber: as.secondFactor.device, TokenCode: as.secondFactor.code }),
  })

function given<T>(value: T | undefined, operation: string): T {
  if (value === undefined)
    throw new DrError({ code: "E_AWS_ANSWER", message: `${operation} answered without the expected fields` })
  return value
}

function memoised<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>()
  return (key) => {
    const known = made.get(key) ?? make(key)
    made.set(key, known)
    return known
  }
}
