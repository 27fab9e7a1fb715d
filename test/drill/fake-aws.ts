import { createHash } from "node:crypto"
import { compareKeys } from "../../src/kernel/byte-order.ts"
import { DrError } from "../../src/kernel/errors.ts"
import type { AccountId, KeyArn, RegionName, RoleArn } from "../../src/kernel/brands.ts"
import type { AccountReader } from "../../src/keys/inventory-port.ts"
import type { AwsPorts, ObjectRef, S3Port } from "../../src/drill/ports.ts"
import type { AssumeRoleRequest, KmsPort, SeenKey, Session } from "../../src/keys/ports.ts"
import type { CallErrorClass, CopyRequest, DataPlane, Outcome, Written } from "../../src/restore/data-plane.ts"

export const WORKLOAD = "111111111111" as AccountId
export const RECOVERY = "222222222222" as AccountId
export const P = "eu-central-1" as RegionName
export const R = "eu-west-1" as RegionName
export const PRIMARY_KEY = "arn:aws:kms:eu-central-1:111111111111:key/mrk-a" as KeyArn
export const REPLICA_KEY = "arn:aws:kms:eu-west-1:111111111111:key/mrk-a" as KeyArn
export const RECOVERY_KEY = "arn:aws:kms:eu-west-1:222222222222:key/mrk-b" as KeyArn
const RECOVERY_SECOND = "arn:aws:kms:eu-central-1:222222222222:key/mrk-b" as KeyArn

interface Stored {
  body: Buffer
  keyArn: string
  metadata: Record<string, string>
  tags: Record<string, string>
  modifiedAt: number
}

const CLASSES = new Map<string, CallErrorClass>([
  ["E_AWS_ACCESS_DENIED", "access-denied"],
  ["E_KEY_STATE", "key-state"],
  ["E_AWS_UNREACHABLE", "transient"],
])

const allowAll = (more: object = {}): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*", ...more }],
})

/** An AWS in memory, behind the ports: it keeps objects and key states, and refuses what a denied session asks for. */
export class FakeAws implements AwsPorts {
  readonly base: Session = { account: WORKLOAD, principal: "arn:aws:iam::111111111111:user/scheduler" }
  readonly buckets = new Map<string, Map<string, Stored>>()
  readonly states = new Map<string, string>()
  readonly assumed: AssumeRoleRequest[] = []
  /** Called before each copy; may throw, change the world or stop the run. */
  beforeCopy: (key: string) => void = () => undefined
  afterCopy: (stored: Stored) => void = () => undefined
  refuseRole: string | undefined
  landIn: AccountId | undefined
  purges = true

  bucket(name: string): Map<string, Stored> {
    const known = this.buckets.get(name) ?? new Map<string, Stored>()
    this.buckets.set(name, known)
    return known
  }

  put(bucket: string, key: string, body: string, keyArn: string, modifiedAt = 0): void {
    this.bucket(bucket).set(key, {
      body: Buffer.from(body),
      keyArn,
      metadata: { writer: "test" },
      tags: { team: "platform" },
      modifiedAt,
    })
  }

  async assumeRole(request: AssumeRoleRequest): Promise<Session> {
    this.assumed.push(request)
    if (request.role === this.refuseRole)
      throw new DrError({ code: "E_ASSUME_ROLE", message: `cannot assume ${request.role}` })
    const account = this.landIn ?? (request.role.split(":")[4] as AccountId)
    const denied = request.sessionPolicy === undefined ? "" : " (source denied)"
    return { account, principal: `${request.role}${denied}` }
  }

  /** Everybody may everything: what rights decide is tested on the sandbox. */
  reader(session: Session): AccountReader {
    const refused = async (): Promise<never> => {
      throw new DrError({ code: "E_AWS_ACCESS_DENIED", message: "not in this fake" })
    }
    return {
      account: session.account,
      principal: session.principal,
      describeKey: async (_region, ref) => ({
        arn: ref as KeyArn,
        state: "Enabled",
        related: [],
        awsManaged: false,
        spec: "SYMMETRIC_DEFAULT",
        usage: "ENCRYPT_DECRYPT",
        description: "",
      }),
      keyPolicy: async () => JSON.stringify(allowAll({ Principal: { AWS: [WORKLOAD, RECOVERY] } })),
      grants: async () => [],
      aliases: async () => [],
      keyTags: async () => ({}),
      rotation: async () => undefined,
      materials: refused,
      lastUse: refused,
      keysIn: refused,
      aliasesIn: refused,
      role: async (name) => ({
        arn: `arn:aws:iam::${session.account}:role/${name}` as RoleArn,
        trust: JSON.stringify(allowAll({ Principal: "*" })),
        tags: {},
      }),
      inlinePolicies: async () => ["all"],
      inlinePolicy: async () => JSON.stringify(allowAll()),
      attachedPolicies: async () => [],
      managedPolicy: refused,
      bucketRegion: async (_bucket, region) => region,
      bucketPolicy: async () => JSON.stringify(allowAll({ Principal: { AWS: [WORKLOAD, RECOVERY] } })),
      bucketKey: async () => undefined,
      usesBucketKey: async () => false,
      organization: async () => undefined,
      parentOf: refused,
      attachedTo: async () => [],
      organizationPolicy: refused,
    }
  }

  kms(): KmsPort {
    const related = (arn: KeyArn): KeyArn[] =>
      arn.endsWith("mrk-a") ? [PRIMARY_KEY, REPLICA_KEY] : [RECOVERY_KEY, RECOVERY_SECOND]
    const usable = (arn: string): void => {
      const state = this.states.get(arn) ?? "Enabled"
      if (state !== "Enabled") throw new DrError({ code: "E_KEY_STATE", message: `${arn} is ${state.toLowerCase()}` })
    }
    return {
      describeKey: async (ref): Promise<SeenKey> => {
        const arn = ref === "alias/data" ? PRIMARY_KEY : ref === "alias/recovery" ? RECOVERY_KEY : (ref as KeyArn)
        return {
          arn,
          account: arn.split(":")[4] as AccountId,
          state: this.states.get(arn) ?? "Enabled",
          multiRegion: true,
          related: related(arn),
          origin: "AWS_KMS",
        }
      },
      rotation: async () => ({ enabled: true, periodDays: 365 }),
      generateDataKey: async (keyArn) => {
        usable(keyArn)
        return { plaintext: Buffer.from("0123456789abcdef"), wrapped: Buffer.from(`${keyArn}|0123456789abcdef`) }
      },
      reEncrypt: async (wrapped, from, to) => {
        usable(from)
        usable(to)
        return { wrapped: Buffer.from(`${to}|${Buffer.from(wrapped).toString().split("|")[1] ?? ""}`), from, to }
      },
      dryRun: async () => undefined,
      decrypt: async (wrapped, keyArn) => {
        usable(keyArn)
        return Buffer.from(Buffer.from(wrapped).toString().split("|")[1] ?? "")
      },
    }
  }

  s3(session: Session): S3Port {
    const denied = session.principal.endsWith("(source denied)")
    const find = (ref: ObjectRef): Stored => {
      if (denied && ref.bucket === "source")
        throw new DrError({ code: "E_AWS_ACCESS_DENIED", message: `s3://${ref.bucket} denied` })
      const stored = this.bucket(ref.bucket).get(ref.key)
      if (stored === undefined)
        throw new DrError({ code: "E_AWS_NOT_FOUND", message: `s3://${ref.bucket}/${ref.key} not found` })
      return stored
    }
    const readable = (stored: Stored): Stored => {
      const state = this.states.get(stored.keyArn) ?? "Enabled"
      if (state !== "Enabled")
        throw new DrError({ code: "E_KEY_STATE", message: `${stored.keyArn} is ${state.toLowerCase()}` })
      return stored
    }
    const under = (bucket: string, prefix: string): string[] =>
      [...this.bucket(bucket).keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys)
    return {
      list: async function* (this: void, bucket: string, prefix: string) {
        if (denied && bucket === "source") throw new DrError({ code: "E_AWS_ACCESS_DENIED", message: "denied" })
        for (const key of under(bucket, prefix)) {
          const stored = find({ bucket: bucket as ObjectRef["bucket"], key, owner: WORKLOAD })
          yield { key, sizeBytes: stored.body.length, modifiedAt: stored.modifiedAt, storageClass: "STANDARD" }
        }
      },
      versions: async function* (this: void, bucket: string, prefix: string) {
        for (const key of under(bucket, prefix)) {
          const { modifiedAt } = find({ bucket: bucket as ObjectRef["bucket"], key, owner: WORKLOAD })
          yield { key, versionId: "v1", modifiedAt, storageClass: "STANDARD" }
        }
      },
      head: async (ref) => {
        const stored = find(ref)
        return {
          etag: `"${ref.key}"`,
          versionId: "v1",
          sizeBytes: stored.body.length,
          modifiedAt: stored.modifiedAt,
          encryption: "aws:kms",
          keyArn: stored.keyArn,
          headers: {},
          metadata: stored.metadata,
        }
      },
      peek: async (ref) => void readable(find(ref)),
      mayPut: async () => undefined,
      tags: async (ref) => find(ref).tags,
      hash: async (ref) => {
        const { body } = readable(find(ref))
        return { sha256: createHash("sha256").update(body).digest("hex"), sizeBytes: body.length }
      },
      purge: async (bucket, prefix) => {
        const keys = this.purges ? under(bucket, prefix) : []
        for (const key of keys) this.bucket(bucket).delete(key)
        return keys.length
      },
      countAll: async (bucket, prefix) => under(bucket, prefix).length,
    }
  }

  /** What copies need; a sample's other calls go through `s3`. */
  async dataPlane(session: Session): Promise<DataPlane> {
    const s3 = this.s3(session)
    const refused = (): never => {
      throw new Error("not in this fake")
    }
    return {
      listPage: refused,
      listVersionsPage: refused,
      head: async (ref) => {
        const { headers: _, metadata, ...facts } = await s3.head(ref)
        return {
          kind: "ok",
          value: {
            ...facts,
            bucketKey: false,
            storageClass: "STANDARD",
            headers: {},
            metadata: new Map(Object.entries(metadata)),
            tagCount: 0,
            archived: false,
          },
        }
      },
      copy: async (request) => this.#copy(request, s3),
      rekey: refused,
      createUpload: refused,
      copyPart: refused,
      completeUpload: refused,
      abortUpload: refused,
      tags: refused,
      putMarker: refused,
      hash: refused,
      close: async () => undefined,
    }
  }

  async #copy({ source, destination, keyArn }: CopyRequest, s3: S3Port): Promise<Outcome<Written>> {
    try {
      this.beforeCopy(source.key)
      await s3.peek(source)
      const stored = { ...this.bucket(source.bucket).get(source.key), keyArn: keyArn as string } as Stored
      this.afterCopy(stored)
      this.bucket(destination.bucket).set(destination.key, stored)
      return { kind: "ok", value: { etag: '"copy"', versionId: "v1", requestId: `copy-of-${source.key}` } }
    } catch (thrown) {
      const { code, message } = thrown as DrError
      const facts = { service: "s3", operation: "CopyObject" }
      const kind = CLASSES.get(code) ?? "broken"
      return { kind: "error", error: { class: kind, code, message, facts, ambiguous: kind === "broken" } }
    }
  }

  detached(): AwsPorts {
    return this
  }
  close(): void {}
}
