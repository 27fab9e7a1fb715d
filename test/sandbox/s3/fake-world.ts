import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import type { AccountId, RegionName } from "../../../src/kernel/brands.ts"
import {
  ServiceError,
  type Caller,
  type SandboxRequest,
  type SandboxResponse,
} from "../../../src/sandbox/core/exchange.ts"
import type { AccessQuestion, EncryptionContext, World } from "../../../src/sandbox/core/world.ts"
import { createS3, type S3Service } from "../../../src/sandbox/s3/index.ts"

export const WORKLOAD = "111111111111" as AccountId
export const RECOVERY = "222222222222" as AccountId
export const REGION = "eu-central-1" as RegionName

export interface FakeKey {
  readonly arn: string
  readonly secret: Buffer
  state: "Enabled" | "Disabled" | "PendingDeletion"
}

/** Keys with real AES-256-GCM and states, in place of the KMS that another module builds. */
export class FakeKms {
  readonly keys = new Map<string, FakeKey>()

  add(id: string, region: string = REGION, account: string = WORKLOAD): FakeKey {
    const key: FakeKey = {
      arn: `arn:aws:kms:${region}:${account}:key/${id}`,
      secret: randomBytes(32),
      state: "Enabled",
    }
    this.keys.set(key.arn, key)
    return key
  }

  usable(ref: string, by: { caller: Caller; region: RegionName }): FakeKey {
    const arn = ref.startsWith("arn:") ? ref : `arn:aws:kms:${by.region}:${by.caller.account}:key/${ref}`
    const parts = arn.split(":")
    if (ref === "fake-key-id") throw new ServiceError("NotFoundException", "Invalid keyId 'fake-key-id'")
    if (parts[3] !== by.region) throw new ServiceError("NotFoundException", `Invalid arn ${parts[3] ?? ""}`)
    const key = this.keys.get(arn)
    if (key === undefined) throw new ServiceError("NotFoundException", `Key '${arn}' does not exist`)
    if (key.state === "Disabled") throw new ServiceError("DisabledException", `${arn} is disabled.`)
    if (key.state === "PendingDeletion")
      throw new ServiceError("KMSInvalidStateException", `${arn} is pending deletion.`)
    return key
  }
}

const aad = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1))))

export function callerOf(account: AccountId): Caller {
  return { accessKeyId: "AKIAFAKE", account, arn: `arn:aws:iam::${account}:root`, userId: account, kind: "root" }
}

export interface Rig {
  readonly s3: S3Service
  readonly kms: FakeKms
  readonly asked: AccessQuestion[]
  /** Actions that nobody may do from now on (`s3:ListBucket`). */
  readonly refused: Set<string>
  readonly world: World
  advance(ms: number): void
  send(request: Partial<SandboxRequest> & { account?: AccountId; region?: RegionName }): SandboxResponse
}

export function rig(settings: Partial<World["settings"]> = {}): Rig {
  const kms = new FakeKms()
  const asked: AccessQuestion[] = []
  const refused = new Set<string>()
  let now = Date.UTC(2026, 10, 24, 12)
  function wrap(key: FakeKey, plaintext: Buffer, context: EncryptionContext): Buffer {
    const iv = randomBytes(12)
    const cipher = createCipheriv("aes-256-gcm", key.secret, iv).setAAD(aad(context))
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
    return Buffer.concat([Buffer.from(`${key.arn}\n`), iv, sealed, cipher.getAuthTag()])
  }
  const world: World = {
    clock: { now: () => now, advance: (ms) => void (now += ms), schedule: () => undefined },
    random: (size) => randomBytes(size),
    settings: { replicaDelayMs: 0, ...settings },
    accounts: new Map(),
    kms: {
      generateDataKey(by, ref, context) {
        const key = kms.usable(ref, by)
        const plaintext = randomBytes(32)
        return { keyArn: key.arn, plaintext, wrapped: wrap(key, plaintext, context) }
      },
      reWrap(by, from, ref, context) {
        const key = kms.usable(ref, by)
        const plaintext = Buffer.isBuffer(from) ? from : world.kms.decrypt(by, from.wrapped, from.context).plaintext
        return { keyArn: key.arn, wrapped: wrap(key, plaintext, context) }
      },
      decrypt(by, wrapped, context) {
        const cut = wrapped.indexOf("\n")
        const key = kms.usable(wrapped.subarray(0, cut).toString(), by)
        const body = wrapped.subarray(cut + 1)
        const decipher = createDecipheriv("aes-256-gcm", key.secret, body.subarray(0, 12)).setAAD(aad(context))
        decipher.setAuthTag(body.subarray(-16))
        return {
          keyArn: key.arn,
          plaintext: Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]),
        }
      },
      resolveKeyArn: (by, ref) => kms.usable(ref, by).arn,
      managedKeyArn: (account, region) =>
        kms.keys.get(`arn:aws:kms:${region}:${account}:key/managed`)?.arn ?? kms.add("managed", region, account).arn,
    },
    authorizer: {
      allows: (question) => !refused.has(question.action),
      authorize(question) {
        asked.push(question)
        if (refused.has(question.action)) throw new ServiceError("AccessDenied", `refused: ${question.action}`, 403)
        const own = question.caller.account === question.resourceAccount
        if (!own && !(question.resourcePolicy ?? "").includes(question.caller.account)) {
          throw new ServiceError("AccessDenied", "Access Denied", 403)
        }
      },
    },
  }
  const s3 = createS3(world)
  return {
    s3,
    kms,
    asked,
    refused,
    world,
    advance: (ms) => void (now += ms),
    send({ account = WORKLOAD, region = REGION, ...part }) {
      const [path, query] = (part.rawPath ?? "/").split("?", 2)
      const request: SandboxRequest = {
        method: "GET",
        body: Buffer.alloc(0),
        trailers: {},
        ...part,
        headers: { host: "localhost:4566", ...part.headers },
        rawPath: path ?? "/",
        query: part.query ?? [...new URLSearchParams(query ?? "")],
      }
      const operation = s3.operationOf(request)
      try {
        if (operation === undefined) throw new ServiceError("NotImplemented", "not in the closed table", 501)
        const call = { world, request, caller: callerOf(account), region, requestId: "REQ1", service: "s3" as const }
        return s3.handle(call, operation)
      } catch (error) {
        if (error instanceof ServiceError) return s3.errorResponse(error, request, "REQ1")
        throw error
      }
    },
  }
}
