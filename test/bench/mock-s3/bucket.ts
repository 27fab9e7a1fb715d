import { answer, failure, type Answer } from "./answer.ts"
import type { Asked } from "./asked.ts"
import { KEY_ID } from "./control-plane.ts"
import { keySpace, Presence, type KeySpace } from "./key-space.ts"
import { Limiter } from "./limiter.ts"
import { listingPage } from "./listing.ts"
import { SmallObjects } from "./small-objects.ts"
import type { Counters, MockOptions } from "./options.ts"

const DEFAULT_KEY = `arn:aws:kms:eu-west-1:222222222222:key/${KEY_ID}`
const ETAG = '"9b2cf535f27731c974343645a3985328"'
const COPIED = `<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LastModified>2026-11-24T00:00:00.000Z</LastModified><ETag>&quot;${ETAG.slice(1, -1)}&quot;</ETag></CopyObjectResult>`
const SMALL = "x".repeat(1024)
/** HTTP 200 with these inside is no success. */
const BROKEN = [
  "",
  "<Error><Code>InternalError</Code><Message>inside 200</Message></Error>",
  COPIED.slice(0, 120),
  "<CopyObjectResult/>",
]

const SETTINGS: Readonly<Record<string, string>> = {
  acl: `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>bench</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>bench</ID><DisplayName>bench</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`,
  location: `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</LocationConstraint>`,
  versioning: `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`,
  encryption: `<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${DEFAULT_KEY}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`,
  requestPayment: `<RequestPaymentConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Payer>BucketOwner</Payer></RequestPaymentConfiguration>`,
  tagging: `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet></TagSet></Tagging>`,
}

const ABSENT: Readonly<Record<string, string>> = {
  policy: "NoSuchBucketPolicy",
  "object-lock": "ObjectLockConfigurationNotFoundError",
  replication: "ReplicationConfigurationNotFoundError",
  lifecycle: "NoSuchLifecycleConfiguration",
  publicAccessBlock: "NoSuchPublicAccessBlockConfiguration",
}

/** Two buckets: `src` has every key, `dst` what was copied there. Answers without authorising or encrypting anything. */
export class Buckets {
  readonly counters: Counters
  readonly #space: KeySpace
  readonly #source: Presence
  readonly #copied: Presence
  readonly #options: MockOptions
  readonly #limiter: Limiter | undefined
  readonly #copies = new Map<string, Answer>()
  readonly #small = new SmallObjects()
  #random = 1

  constructor(options: MockOptions, counters: Counters, now: number) {
    this.#options = options
    this.counters = counters
    this.#space = keySpace(options.keys, options.shards)
    this.#source = new Presence(options.keys, true)
    this.#copied = new Presence(options.keys, false)
    this.#limiter = options.perSecond === undefined ? undefined : new Limiter(options.perSecond, now)
  }

  /** Different keys that lie in the destination. */
  get copied(): number {
    return this.#copied.count()
  }

  /** Undefined = the connection breaks without an answer. */
  answer(asked: Asked, now: number): Answer | undefined {
    const slash = asked.path.indexOf("/", 1)
    const bucket = decodeURIComponent(slash === -1 ? asked.path.slice(1) : asked.path.slice(1, slash))
    const key = slash === -1 ? "" : decodeURIComponent(asked.path.slice(slash + 1))
    if (key !== "" && bucket !== "src" && bucket !== "dst") {
      this.counters.other += 1
      return this.#small.answer(bucket, key, asked)
    }
    if (asked.method === "GET" && key === "") return this.#readBucket(bucket, asked.query)
    if (asked.method === "HEAD") return this.#head(bucket, key)
    if (asked.method === "PUT") return this.#put(key, asked, now)
    if (asked.method === "GET") return this.#get(bucket, key, asked.query)
    this.counters.other += 1
    return asked.method === "DELETE" ? answer("", { status: 204 }) : failure(501, "NotImplemented")
  }

  #readBucket(bucket: string, query: string): Answer {
    if (bucket === "") return answer("<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>")
    const asked = new URLSearchParams(query)
    const setting = [...asked.keys()].find((name) => name in SETTINGS || name in ABSENT)
    if (setting !== undefined) {
      this.counters.other += 1
      return SETTINGS[setting] === undefined ? failure(404, ABSENT[setting] ?? "") : answer(SETTINGS[setting])
    }
    if (asked.has("versions") || asked.has("uploads")) return failure(501, "NotImplemented")
    if (bucket !== "src" && bucket !== "dst") {
      this.counters.other += 1
      return answer(this.#small.list(bucket, asked.get("prefix") ?? "", asked.get("start-after") ?? ""))
    }
    this.counters.lists += 1
    const token = asked.get("continuation-token")
    const after =
      token === null
        ? (asked.get("start-after") ?? asked.get("marker") ?? "")
        : Buffer.from(token, "base64url").toString()
    const page = listingPage(this.#space, this.#presence(bucket), {
      bucket,
      prefix: asked.get("prefix") ?? "",
      delimiter: asked.get("delimiter") ?? "",
      after,
      maxKeys: Math.min(1000, Number(asked.get("max-keys") ?? "1000")),
      encoded: asked.get("encoding-type") === "url",
      old: asked.get("list-type") !== "2",
    })
    return answer(page, { headers: "x-amz-bucket-region: eu-west-1\r\n" })
  }

  #presence(bucket: string): Presence {
    return bucket === "src" ? this.#source : this.#copied
  }

  #head(bucket: string, key: string): Answer {
    this.counters.heads += 1
    if (key === "") return answer("", { headers: "x-amz-bucket-region: eu-west-1\r\n" })
    if (!this.#presence(bucket).has(this.#space.indexOf(key))) return answer("", { status: 404 })
    return answer("", { headers: objectHeaders(DEFAULT_KEY), lengthOnly: SMALL.length, type: "binary/octet-stream" })
  }

  #get(bucket: string, key: string, query: string): Answer {
    this.counters.other += 1
    const setting = Object.keys(SETTINGS).find((name) => query === name || query.startsWith(`${name}=`))
    if (setting !== undefined) return answer(SETTINGS[setting] ?? "")
    if (!this.#presence(bucket).has(this.#space.indexOf(key))) return failure(404, "NoSuchKey")
    return answer(SMALL, { headers: objectHeaders(DEFAULT_KEY), type: "binary/octet-stream" })
  }

  #put(key: string, asked: Asked, now: number): Answer | undefined {
    if (asked.query.startsWith("acl")) {
      this.counters.other += 1
      return answer("")
    }
    const update = asked.query.startsWith("encryption")
    if (!update && asked.header("x-amz-copy-source") === "") return failure(501, "NotImplemented")
    const index = this.#space.indexOf(key)
    if (index === -1) return failure(404, "NoSuchKey")
    if (this.#limiter?.takes(now) === false) {
      this.counters.throttled += 1
      return failure(503, "SlowDown")
    }
    const faulty = this.#fault(index)
    if (faulty !== "none") return faulty
    if (update) {
      this.counters.updates += 1
      return answer("")
    }
    if (this.#copied.has(index)) {
      this.counters.repeated += 1
      if (asked.header("if-none-match") === "*") return failure(412, "PreconditionFailed")
    }
    this.counters.copies += 1
    this.#copied.add(index)
    return this.#copyAnswer(asked.header("x-amz-server-side-encryption-aws-kms-key-id"))
  }

  #copyAnswer(key: string): Answer {
    const known = this.#copies.get(key)
    if (known !== undefined) return known
    const made = answer(COPIED, { headers: encryption(key.startsWith("arn:") ? key : DEFAULT_KEY) })
    this.#copies.set(key, made)
    return made
  }

  /** A broken body or a reset may hide a copy that was made. */
  #fault(index: number): Answer | "none" | undefined {
    const { fail500 = 0, fail503 = 0, reset = 0, broken = 0 } = this.#options
    if (fail500 + fail503 + reset + broken === 0) return "none"
    this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) & 0x7fffffff
    const drawn = this.#random / 0x80000000
    if (drawn < fail500) return this.#counted(failure(500, "InternalError"))
    if (drawn < fail500 + fail503) return this.#counted(failure(503, "SlowDown"))
    if (drawn >= fail500 + fail503 + reset + broken) return "none"
    if (this.#random % 2 === 0) this.#copied.add(index)
    this.counters.faults += 1
    if (drawn < fail500 + fail503 + reset) return undefined
    return answer(BROKEN[this.#random % BROKEN.length] ?? "", { headers: encryption(DEFAULT_KEY) })
  }

  #counted(failed: Answer): Answer {
    this.counters.faults += 1
    return failed
  }
}

function encryption(key: string): string {
  return `x-amz-server-side-encryption: aws:kms\r\nx-amz-server-side-encryption-aws-kms-key-id: ${key}\r\nx-amz-server-side-encryption-bucket-key-enabled: true\r\n`
}

function objectHeaders(key: string): string {
  return `${encryption(key)}ETag: ${ETAG}\r\nLast-Modified: Sun, 01 Nov 2026 00:00:00 GMT\r\nAccept-Ranges: bytes\r\n`
}
