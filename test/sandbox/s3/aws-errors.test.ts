import { createHash } from "node:crypto"
import { afterAll, describe, expect, it } from "vitest"
import type { SandboxResponse } from "../../../src/sandbox/core/exchange.ts"
import recorded from "../../cases/aws-errors.json" with { type: "json" }
import { rig, type Rig } from "./fake-world.ts"

interface Row {
  readonly operation: string
  readonly step: string
  readonly status: number
  readonly Code: string
  readonly Message: string
}

type Driver = (aws: Aws, row: Row) => SandboxResponse

/** Bucket `b` has versions, `plain` never had; `k` is ten bytes in both, `m` in `b` is a delete marker. */
class Aws {
  readonly rig: Rig = rig()

  constructor() {
    for (const name of ["b", "plain"]) {
      this.send(
        "PUT",
        `/${name}xx`,
        {},
        "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>",
      )
    }
    this.send(
      "PUT",
      "/bxx?versioning",
      {},
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    )
    for (const path of ["/bxx/k", "/bxx/m", "/plainxx/k"]) this.send("PUT", path, {}, "0123456789")
    this.send("DELETE", "/bxx/m")
  }

  /** A bucket with Object Lock and one object in it; gives the object's version id. */
  locked(retention: Record<string, string> = {}): string {
    const where =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
    this.send("PUT", "/lock", { "x-amz-bucket-object-lock-enabled": "true" }, where)
    const sum = { "content-md5": createHash("md5").update("x").digest("base64") }
    return this.send("PUT", "/lock/k", { ...sum, ...retention }, "x").headers["x-amz-version-id"] ?? ""
  }

  /** The same with a delete marker on top. */
  lockedMarker(): void {
    this.locked()
    this.send("DELETE", "/lock/k")
  }

  send(method: string, rawPath: string, headers: Record<string, string> = {}, body = ""): SandboxResponse {
    return this.rig.send({ method, rawPath, headers, body: Buffer.from(body) })
  }

  marker(): string {
    return /<DeleteMarker>.*?<VersionId>([^<]+)/.exec(String(this.send("GET", "/bxx?versions").body))?.[1] ?? ""
  }

  upload(headers: Record<string, string> = {}, key = "u"): string {
    return /<UploadId>([^<]+)/.exec(String(this.send("POST", `/bxx/${key}?uploads`, headers).body))?.[1] ?? ""
  }

  part(id: string, number: number, body = "data", headers: Record<string, string> = {}): string {
    return this.send("PUT", `/bxx/u?partNumber=${number}&uploadId=${id}`, headers, body).headers["etag"] ?? ""
  }

  complete(id: string, parts: string, headers: Record<string, string> = {}): SandboxResponse {
    return this.send(
      "POST",
      `/bxx/u?uploadId=${id}`,
      headers,
      parts === "" ? "" : `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`,
    )
  }

  /** Uploads one part and completes, with conditions and something in between. */
  race(headers: Record<string, string>, between: () => void = () => undefined): SandboxResponse {
    const id = this.upload()
    const etag = this.part(id, 1)
    between()
    return this.complete(id, partXml(1, etag), headers)
  }
}

const partXml = (number: number, etag: string, more = ""): string =>
  `<Part><ETag>${etag}</ETag><PartNumber>${number}</PartNumber>${more}</Part>`
const GONE = "A".repeat(32)
const copy = (from: string, more: Record<string, string> = {}): Record<string, string> => ({
  "x-amz-copy-source": from,
  ...more,
})
const sseC = (...names: string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [`x-amz-server-side-encryption-customer-${name}`, name === "algorithm" ? "AES256" : "x"]),
  )
const badSseC = { "x-amz-server-side-encryption-customer-algorithm": "AES128" }
const kms = (id: string): Record<string, string> => ({
  "x-amz-server-side-encryption": "aws:kms",
  "x-amz-server-side-encryption-aws-kms-key-id": id,
})
const nobody = "eu-central-1:111111111111:key/1"
const algorithmOf = (row: Row, where: RegExp): string => (where.exec(row.Message)?.[1] ?? "").toLowerCase()
const WRONG: Readonly<Record<string, string>> = {
  crc32: "AAAAAA==",
  crc32c: "AAAAAA==",
  crc64nvme: "AAAAAAAAAAA=",
  sha1: Buffer.alloc(20).toString("base64"),
  sha256: Buffer.alloc(32).toString("base64"),
}
const md5 = createHash("md5").update("other").digest("base64")

const kmsState =
  (state: "Disabled" | "PendingDeletion"): Driver =>
  (aws) => {
    const key = aws.rig.kms.add("k1")
    aws.send("PUT", "/bxx/s", kms("k1"), "x")
    key.state = state
    return aws.send("GET", "/bxx/s")
  }

const wrongBody = (path: (aws: Aws) => string): Record<string, Driver> => ({
  "Content-MD5 does not match the body": (aws) => aws.send("PUT", path(aws), { "content-md5": md5 }, "x"),
  "Content-MD5 is not the base64 of 16 bytes": (aws) => aws.send("PUT", path(aws), { "content-md5": "x" }, "x"),
  "checksum header does not match the body": (aws, row) => {
    const name = algorithmOf(row, /The (\w+) you/)
    return aws.send("PUT", path(aws), { [`x-amz-checksum-${name}`]: WRONG[name] ?? "" }, "x")
  },
  "checksum header is not base64 of the right length": (aws, row) =>
    aws.send("PUT", path(aws), { [`x-amz-checksum-${algorithmOf(row, /checksum-(\w+) header/)}`]: "?" }, "x"),
})

const onMarker = (method: string): Record<string, Driver> => ({
  "version is a delete marker (by id, or as current version)": (aws) => aws.send(method, "/bxx/m?tagging", {}, ""),
})

const conditions = (
  act: (aws: Aws, key: string, headers: Record<string, string>) => SandboxResponse,
): Record<string, Driver> => ({
  "If-Match, another ETag is current": (aws) => act(aws, "k", { "if-match": '"x"' }),
  "If-Match, destination has another ETag": (aws) => act(aws, "k", { "if-match": "x" }),
  "If-Match, key does not exist or its current version is a delete marker": (aws) => act(aws, "m", { "if-match": "x" }),
  "If-Match, destination does not exist or is a delete marker (Key is the destination)": (aws) =>
    act(aws, "none", { "if-match": "x" }),
  "If-None-Match is not *, If-Match is *, or both headers are present": (aws) =>
    act(aws, "k", { "if-none-match": "x" }),
  "If-None-Match: *, key exists": (aws) => act(aws, "k", { "if-none-match": "*" }),
  "If-None-Match: *, destination exists (also in place)": (aws) => act(aws, "k", { "if-none-match": "*" }),
})

const noBucket = (method: string, query: string): Record<string, Driver> => ({
  "no such bucket": (aws) => aws.send(method, `/nonexx?${query}`, {}, "<x/>"),
})
const UNTIL = "2027-03-01T00:00:00Z"
const EARLIER = "2027-02-01T00:00:00Z"
const held = { "x-amz-object-lock-legal-hold": "ON" }
const kept = (mode: string): Record<string, string> => ({
  "x-amz-object-lock-mode": mode,
  "x-amz-object-lock-retain-until-date": UNTIL,
})
const retentionXml = (mode: string, until = UNTIL): string =>
  `<Retention><Mode>${mode}</Mode><RetainUntilDate>${until}</RetainUntilDate></Retention>`
const noLock = (method: string, name: string, body = ""): Record<string, Driver> => ({
  "bucket without Object Lock": (aws) => aws.send(method, `/bxx/k?${name}`, {}, body),
})
const lockConfiguration = (aws: Aws, inner: string): SandboxResponse =>
  aws.send("PUT", "/bxx?object-lock", {}, `<ObjectLockConfiguration>${inner}</ObjectLockConfiguration>`)
const noUpload = "no such upload, or the upload belongs to another key"
const copyPart =
  (range: string): Driver =>
  (aws) =>
    aws.send("PUT", `/bxx/u?partNumber=1&uploadId=${aws.upload()}`, copy("bxx/k", { "x-amz-copy-source-range": range }))

const DRIVERS: Readonly<Record<string, Readonly<Record<string, Driver>>>> = {
  AbortMultipartUpload: { [noUpload]: (aws) => aws.send("DELETE", `/bxx/k?uploadId=${aws.upload()}`) },
  ListParts: {
    "the upload belongs to another key": (aws) => aws.send("GET", `/bxx/k?uploadId=${aws.upload()}`),
    "upload already completed": (aws) => {
      const id = aws.upload()
      aws.complete(id, partXml(1, aws.part(id, 1)))
      return aws.send("GET", `/bxx/u?uploadId=${id}`)
    },
  },
  CompleteMultipartUpload: {
    [noUpload]: (aws) => aws.send("POST", "/bxx/u?uploadId=none"),
    "COMPOSITE upload completed as FULL_OBJECT": (aws) => {
      const id = aws.upload({ "x-amz-checksum-algorithm": "SHA256" })
      const etag = aws.part(id, 1)
      const sum = createHash("sha256").update("data").digest("base64")
      return aws.complete(id, partXml(1, etag, `<ChecksumSHA256>${sum}</ChecksumSHA256>`), {
        "x-amz-checksum-type": "FULL_OBJECT",
      })
    },
    "FULL_OBJECT upload completed as COMPOSITE": (aws) => {
      const id = aws.upload({ "x-amz-checksum-algorithm": "CRC64NVME" })
      return aws.complete(id, partXml(1, aws.part(id, 1)), { "x-amz-checksum-type": "COMPOSITE" })
    },
    "COMPOSITE upload, parts listed without checksums": (aws, row) => {
      const id = aws.upload({ "x-amz-checksum-algorithm": algorithmOf(row, /using a (\w+)/) })
      return aws.complete(id, partXml(1, aws.part(id, 1)))
    },
    "CRC32 upload, part given with a SHA256": (aws) => {
      const id = aws.upload({ "x-amz-checksum-algorithm": "CRC32" })
      return aws.complete(id, partXml(1, aws.part(id, 1), `<ChecksumSHA256>${WRONG["sha256"]}</ChecksumSHA256>`))
    },
    "FULL_OBJECT upload: object checksum wrong, in composite form, of another algorithm, or right but sent without the type":
      (aws) => {
        const id = aws.upload({ "x-amz-checksum-algorithm": "CRC32C", "x-amz-checksum-type": "FULL_OBJECT" })
        return aws.complete(id, partXml(1, aws.part(id, 1)), {
          "x-amz-checksum-crc32c": "AAAAAA==",
          "x-amz-checksum-type": "FULL_OBJECT",
        })
      },
    "If-Match, another ETag is current": (aws) => {
      aws.send("PUT", "/bxx/u", {}, "x")
      return aws.race({ "if-match": "x" })
    },
    "If-Match, key does not exist": (aws) => aws.race({ "if-match": "x" }),
    "If-None-Match: *, key exists": (aws) =>
      aws.race({ "if-none-match": "*" }, () => void aws.send("PUT", "/bxx/u", {}, "x")),
    "condition holds, but the key was written or deleted since CreateMultipartUpload (even with the same bytes)": (
      aws,
    ) => {
      const etag = aws.send("PUT", "/bxx/u", {}, "x").headers["etag"] ?? ""
      return aws.race({ "if-match": etag }, () => void aws.send("PUT", "/bxx/u", {}, "x"))
    },
    "MpuObjectSize differs from the sum of the parts": (aws) => aws.race({ "x-amz-mp-object-size": "5" }),
    "a part number was never uploaded": (aws) => aws.complete(aws.upload(), partXml(7, "x")),
    "a part other than the last is under 5 MiB": (aws) => {
      const id = aws.upload()
      return aws.complete(id, partXml(1, aws.part(id, 1)) + partXml(2, aws.part(id, 2)))
    },
    "a part's ETag is wrong": (aws) => {
      const id = aws.upload()
      aws.part(id, 1)
      return aws.complete(id, partXml(1, "x"))
    },
    "a part's checksum is wrong": (aws) => {
      const id = aws.upload({ "x-amz-checksum-algorithm": "CRC32" })
      return aws.complete(id, partXml(1, aws.part(id, 1), "<ChecksumCRC32>AAAAAA==</ChecksumCRC32>"))
    },
    "empty part list": (aws) => aws.complete(aws.upload(), ""),
    "parts not in ascending order": (aws) => {
      const id = aws.upload()
      const etag = aws.part(id, 1)
      return aws.complete(id, partXml(1, etag) + partXml(1, etag))
    },
    "upload without a checksum setting, checksum type sent": (aws) => aws.race({ "x-amz-checksum-type": "COMPOSITE" }),
    "upload without a checksum setting, part listed with one": (aws) => {
      const id = aws.upload()
      return aws.complete(id, partXml(1, aws.part(id, 1), "<ChecksumCRC32>AAAAAA==</ChecksumCRC32>"))
    },
  },
  CopyObject: {
    ...conditions((aws, key, headers) => aws.send("PUT", `/bxx/${key}`, copy("plainxx/k", headers))),
    "SSE-C algorithm of source or target is not AES256": (aws) => aws.send("PUT", "/bxx/c", copy("bxx/k", badSseC)),
    "SSE-C together with server-side encryption": (aws) =>
      aws.send(
        "PUT",
        "/bxx/c",
        copy("bxx/k", { ...sseC("algorithm", "key", "key-md5"), "x-amz-server-side-encryption": "AES256" }),
      ),
    "SSE-KMS key id is malformed": (aws) => aws.send("PUT", "/bxx/c", copy("bxx/k", kms("fake-key-id"))),
    "a copy-source condition does not hold": (aws) =>
      aws.send("PUT", "/bxx/c", copy("bxx/k", { "x-amz-copy-source-if-match": "x" })),
    "onto itself without a change that counts (an ACL, metadata without REPLACE, or a storage class left to its default does not count)":
      (aws) => aws.send("PUT", "/bxx/k", copy("bxx/k", { "x-amz-meta-a": "b" })),
    "source bucket does not exist": (aws) => aws.send("PUT", "/bxx/c", copy("nonexx/k")),
    "source key does not exist, or its current version is a delete marker": (aws) =>
      aws.send("PUT", "/bxx/c", copy("bxx/m")),
    "source version id is a delete marker": (aws) => aws.send("PUT", "/bxx/c", copy(`bxx/m?versionId=${aws.marker()}`)),
    "x-amz-copy-source without a key": (aws) => aws.send("PUT", "/bxx/c", copy("bxx")),
  },
  CreateMultipartUpload: {
    "SSE-KMS key id is malformed": (aws) => aws.send("POST", "/bxx/u?uploads", kms("fake-key-id")),
    "checksum type and algorithm do not go together": (aws, row) =>
      aws.send("POST", "/bxx/u?uploads", {
        "x-amz-checksum-type": /The (\w+) checksum/.exec(row.Message)?.[1] ?? "",
        "x-amz-checksum-algorithm": algorithmOf(row, /the (\w+) checksum algorithm/),
      }),
    "checksum type without algorithm": (aws) =>
      aws.send("POST", "/bxx/u?uploads", { "x-amz-checksum-type": "COMPOSITE" }),
    "unknown checksum algorithm (list as of 2025)": (aws) =>
      aws.send("POST", "/bxx/u?uploads", { "x-amz-checksum-algorithm": "X" }),
    "unknown lock mode": (aws) => aws.send("POST", "/bxx/u?uploads", { "x-amz-object-lock-mode": "X" }),
  },
  DeleteBucket: { "versions or delete markers are left": (aws) => aws.send("DELETE", "/bxx") },
  DeleteBucketEncryption: noBucket("DELETE", "encryption"),
  DeleteObject: {
    ...conditions((aws, key, headers) => aws.send("DELETE", `/bxx/${key}`, headers)),
    "bypass header (true or false) on a bucket without Object Lock": (aws) =>
      aws.send("DELETE", "/bxx/k", { "x-amz-bypass-governance-retention": "true" }),
    "locked version: GOVERNANCE without bypass, or COMPLIANCE with or without bypass": (aws) =>
      aws.send("DELETE", `/lock/k?versionId=${aws.locked(kept("GOVERNANCE"))}`),
    "version under legal hold": (aws) =>
      aws.send("DELETE", `/lock/k?versionId=${aws.locked(held)}`, { "x-amz-bypass-governance-retention": "true" }),
    "malformed version id": (aws) => aws.send("DELETE", "/bxx/k?versionId=x"),
    "version id on a bucket that never had versioning": (aws) => aws.send("DELETE", `/plainxx/k?versionId=${GONE}`),
    "x-amz-if-match-last-modified-time or x-amz-if-match-size on a general purpose bucket": (aws) =>
      aws.send("DELETE", "/bxx/k", { "x-amz-if-match-size": "1" }),
  },
  DeleteObjects: {
    "bypass header on a bucket without Object Lock": (aws) =>
      aws.send("POST", "/bxx?delete", { "x-amz-bypass-governance-retention": "true" }, "<Delete/>"),
  },
  GetBucketEncryption: noBucket("GET", "encryption"),
  GetBucketVersioning: noBucket("GET", "versioning"),
  GetObject: {
    "SSE-C algorithm is not AES256": (aws) => aws.send("GET", "/bxx/k", badSseC),
    "current version is a delete marker": (aws) => aws.send("GET", "/bxx/m"),
    "the object's KMS key is disabled": kmsState("Disabled"),
    "the object's KMS key is pending deletion": kmsState("PendingDeletion"),
    "version id of a delete marker": (aws) => aws.send("GET", `/bxx/m?versionId=${aws.marker()}`),
    "version id on a bucket that never had versioning": (aws) => aws.send("GET", `/plainxx/k?versionId=${GONE}`),
    "version id that was deleted": (aws) => aws.send("GET", `/bxx/k?versionId=${GONE}`),
  },
  GetObjectAttributes: {
    "SSE-C algorithm is not AES256": (aws) => aws.send("GET", "/bxx/k?attributes", badSseC),
    "current version is a delete marker": (aws) =>
      aws.send("GET", "/bxx/m?attributes", { "x-amz-object-attributes": "ETag" }),
  },
  HeadObject: {
    "SSE-C algorithm is not AES256": (aws) => aws.send("HEAD", "/bxx/k", badSseC),
    "version is a delete marker": (aws) => aws.send("HEAD", `/bxx/m?versionId=${aws.marker()}`),
  },
  GetObjectLockConfiguration: {
    "bucket without Object Lock": (aws) => aws.send("GET", "/bxx?object-lock"),
    ...noBucket("GET", "object-lock"),
  },
  GetObjectLegalHold: {
    ...noLock("GET", "legal-hold"),
    "legal hold never set": (aws) => {
      aws.locked()
      return aws.send("GET", "/lock/k?legal-hold")
    },
  },
  GetObjectRetention: {
    ...noLock("GET", "retention"),
    "retention never set": (aws) => {
      aws.locked(held)
      return aws.send("GET", "/lock/k?retention")
    },
    "version is a delete marker": (aws) => {
      aws.lockedMarker()
      return aws.send("GET", "/lock/k?retention")
    },
  },
  PutObjectLegalHold: {
    ...noLock("PUT", "legal-hold", "<LegalHold><Status>ON</Status></LegalHold>"),
    "no such bucket": (aws) => aws.send("PUT", "/nonexx/k?legal-hold", {}, "<x/>"),
    "empty body": (aws) => {
      aws.locked()
      return aws.send("PUT", "/lock/k?legal-hold")
    },
    "no such key": (aws) => {
      aws.locked()
      return aws.send("PUT", "/lock/none?legal-hold", {}, "<LegalHold><Status>ON</Status></LegalHold>")
    },
  },
  PutObjectLockConfiguration: {
    "ObjectLockEnabled missing, empty rule or retention, no period, both Days and Years, or unknown mode": (aws) =>
      lockConfiguration(
        aws,
        "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years></DefaultRetention></Rule>",
      ),
    "bucket versioning not Enabled": (aws) =>
      aws.send(
        "PUT",
        "/plainxx?object-lock",
        {},
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
      ),
  },
  PutObjectRetention: {
    ...noLock("PUT", "retention", retentionXml("GOVERNANCE")),
    "no such bucket": (aws) => aws.send("PUT", "/nonexx/k?retention", {}, retentionXml("GOVERNANCE")),
    "no such key": (aws) => {
      aws.locked()
      return aws.send("PUT", "/lock/none?retention", {}, retentionXml("GOVERNANCE"))
    },
    "version is a delete marker": (aws) => {
      aws.lockedMarker()
      return aws.send("PUT", "/lock/k?retention", {}, retentionXml("GOVERNANCE"))
    },
    "date in the past": (aws) => {
      aws.locked()
      return aws.send("PUT", "/lock/k?retention", {}, retentionXml("GOVERNANCE", "2020-01-01T00:00:00Z"))
    },
    "mode without date, or unknown mode": (aws) => {
      aws.locked()
      return aws.send("PUT", "/lock/k?retention", {}, "<Retention><Mode>GOVERNANCE</Mode></Retention>")
    },
    "COMPLIANCE shortened or turned into GOVERNANCE": (aws) => {
      aws.locked(kept("COMPLIANCE"))
      const bypass = { "x-amz-bypass-governance-retention": "true" }
      return aws.send("PUT", "/lock/k?retention", bypass, retentionXml("COMPLIANCE", EARLIER))
    },
    "GOVERNANCE shortened without bypass": (aws) => {
      aws.locked(kept("GOVERNANCE"))
      return aws.send("PUT", "/lock/k?retention", {}, retentionXml("GOVERNANCE", EARLIER))
    },
  },
  GetObjectTagging: onMarker("GET"),
  PutObjectTagging: onMarker("PUT"),
  DeleteObjectTagging: onMarker("DELETE"),
  ListObjectVersions: {
    "version-id-marker without key-marker": (aws) => aws.send("GET", "/bxx?versions&version-id-marker=x"),
  },
  PutBucketEncryption: {
    ...noBucket("PUT", "encryption"),
    "AES256 with a KMSMasterKeyID": (aws) =>
      aws.send(
        "PUT",
        "/bxx?encryption",
        {},
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
      ),
    "no rule, or more than one": (aws) =>
      aws.send("PUT", "/bxx?encryption", {}, "<ServerSideEncryptionConfiguration/>"),
  },
  PutBucketVersioning: {
    ...noBucket("PUT", "versioning"),
    "Status is neither Enabled nor Suspended": (aws) =>
      aws.send("PUT", "/bxx?versioning", {}, "<VersioningConfiguration><Status>On</Status></VersioningConfiguration>"),
    "Suspended on a bucket with Object Lock": (aws) => {
      aws.locked()
      const off = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
      return aws.send("PUT", "/lock?versioning", {}, off)
    },
    "empty configuration": (aws) => aws.send("PUT", "/bxx?versioning", {}, "<VersioningConfiguration/>"),
  },
  PutObject: {
    ...conditions((aws, key, headers) => aws.send("PUT", `/bxx/${key}`, headers, "x")),
    ...wrongBody(() => "/bxx/new"),
    "SSE-C algorithm is not AES256": (aws) => aws.send("PUT", "/bxx/new", badSseC, "x"),
    "SSE-C together with server-side encryption": (aws) =>
      aws.send(
        "PUT",
        "/bxx/new",
        { ...sseC("algorithm", "key", "key-md5"), "x-amz-server-side-encryption": "AES256" },
        "x",
      ),
    "SSE-C without algorithm": (aws) => aws.send("PUT", "/bxx/new", sseC("key", "key-md5"), "x"),
    "SSE-C without key": (aws) => aws.send("PUT", "/bxx/new", sseC("algorithm", "key-md5"), "x"),
    "SSE-KMS key ARN of another Region (the message names that Region)": (aws) =>
      aws.send("PUT", "/bxx/new", kms("arn:aws:kms:us-west-2:111111111111:key/1"), "x"),
    "SSE-KMS key does not exist (given as id or as ARN)": (aws) =>
      aws.send("PUT", "/bxx/new", kms(`arn:aws:kms:${nobody}`), "x"),
    "SSE-KMS key id of a key that lives in another Region": (aws) => aws.send("PUT", "/bxx/new", kms("1"), "x"),
    "SSE-KMS key id is malformed": (aws) => aws.send("PUT", "/bxx/new", kms("fake-key-id"), "x"),
    "lock date without mode": (aws) =>
      aws.send("PUT", "/bxx/new", { "x-amz-object-lock-retain-until-date": "2030-01-01T00:00:00Z" }, "x"),
    "lock mode without date": (aws) => aws.send("PUT", "/bxx/new", { "x-amz-object-lock-mode": "GOVERNANCE" }, "x"),
    "unknown lock mode": (aws) => aws.send("PUT", "/bxx/new", { "x-amz-object-lock-mode": "X" }, "x"),
    "the named KMS key is disabled": (aws) => {
      aws.rig.kms.add("k1").state = "Disabled"
      return aws.send("PUT", "/bxx/new", kms("k1"), "x")
    },
    "two checksum headers": (aws) =>
      aws.send("PUT", "/bxx/new", { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-sha1": "x" }, "x"),
  },
  UploadPart: {
    ...wrongBody((aws) => `/bxx/u?partNumber=1&uploadId=${aws.upload()}`),
    [noUpload]: (aws) => aws.send("PUT", `/bxx/k?partNumber=1&uploadId=${aws.upload()}`),
    "part number outside 1 to 10000": (aws) => aws.send("PUT", `/bxx/u?partNumber=0&uploadId=${aws.upload()}`),
    "part sent with another algorithm than the upload's": (aws, row) => {
      const id = aws.upload({ "x-amz-checksum-algorithm": algorithmOf(row, /expected checksum Type: (\w+)/) })
      return aws.send("PUT", `/bxx/u?partNumber=1&uploadId=${id}`, { "x-amz-checksum-crc32": "NSRBwg==" }, "abc")
    },
  },
  UploadPartCopy: {
    "a copy-source condition does not hold": (aws) =>
      aws.send(
        "PUT",
        `/bxx/u?partNumber=1&uploadId=${aws.upload()}`,
        copy("bxx/k", { "x-amz-copy-source-if-match": "x" }),
      ),
    "bytes=0-100 of a 10-byte source: the end lies past the object": copyPart("bytes=0-100"),
    "bytes=100-200 of a 10-byte source: the whole range lies past the object": copyPart("bytes=100-200"),
    "x-amz-copy-source-range is not bytes=first-last with first <= last (open, suffix, negative and multiple ranges included)":
      copyPart("bytes=-5"),
  },
}

const rows = (recorded.rows as readonly (Row & { svc: string })[]).filter((row) => row.svc === "s3")
const driven = rows.filter((row) => DRIVERS[row.operation]?.[row.step] !== undefined)

/** Placeholders stand for one value; a list of allowed values is compared up to its bracket. */
function pattern(message: string): RegExp {
  const text = (message.split("[")[0] ?? "").split(/<[^>]+>/).map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  return new RegExp(`^${text.join(".+")}${message.includes("[") ? "" : "$"}`)
}

const unescape = (text: string): string =>
  text
    .replaceAll("&apos;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")

describe("errors as AWS recorded them", () => {
  it.each(driven)("$operation: $step ($Code, $Message)", (row) => {
    const answer = DRIVERS[row.operation]?.[row.step]?.(new Aws(), row)
    expect(answer?.status).toBe(row.status)
    const body = String(answer?.body)
    if (/^\d+$/.test(row.Code)) return expect(body).toBe("")
    expect(/<Code>([^<]*)/.exec(body)?.[1]).toBe(row.Code)
    expect(unescape(/<Message>([^<]*)/.exec(body)?.[1] ?? "")).toMatch(pattern(row.Message))
  })

  it("has no driver for a row that is not in the table", () => {
    const known = new Set(rows.map((row) => `${row.operation}|${row.step}`))
    const shared = /^If-|belongs to another key|^Content-MD5|^checksum header/
    const unknown = Object.entries(DRIVERS).flatMap(([operation, steps]) =>
      Object.keys(steps).map((step) => `${operation}|${step}`),
    )
    expect(unknown.filter((each) => !known.has(each) && !shared.test(each.split("|")[1] ?? ""))).toEqual([])
  })
})

afterAll(() => {
  const left = rows.filter((row) => !driven.includes(row))
  console.log(`recorded S3 errors: ${driven.length} of ${rows.length} driven; without a driver: ${left.length}`)
  for (const row of left) console.log(`  ${row.operation}: ${row.step}`)
})
