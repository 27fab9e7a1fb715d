import { gzipSync } from "node:zlib"
import { createHash } from "node:crypto"
import * as sdk from "@aws-sdk/client-s3"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { tempFolder } from "../../support/temp-folder.ts"
import { element, signedCall } from "../support/signed-client.ts"
import { ACCOUNT, jobXml, OTHER, rehearse, ROLE, type Rehearsal } from "./rehearsal.ts"

let aws: Rehearsal
let oldKey: string
let newKey: string
let round = 0
/** Fresh for each test. */
let data: string
let lists: string

beforeAll(async () => {
  aws = await rehearse()
  const made = async (): Promise<string> => (await aws.kms("CreateKey")).json["KeyMetadata"].Arn
  oldKey = await made()
  newKey = await made()
})
afterAll(() => aws.close())
beforeEach(async () => {
  round++
  data = `data-${round}`
  lists = `lists-${round}`
  await create(data, true)
  await create(lists)
})

async function create(Bucket: string, ObjectLockEnabledForBucket = false): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
  await aws.s3.send(new sdk.CreateBucketCommand({ Bucket, CreateBucketConfiguration, ObjectLockEnabledForBucket }))
}
const put = async (Bucket: string, Key: string, Body: string | Buffer, more: Partial<sdk.PutObjectCommandInput> = {}) =>
  await aws.s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body, ...more }))
const underOldKey = (key: string, body = "secret"): Promise<sdk.PutObjectCommandOutput> =>
  put(data, key, body, { ServerSideEncryption: "aws:kms", SSEKMSKeyId: oldKey })
const head = (Key: string, VersionId?: string): Promise<sdk.HeadObjectCommandOutput> =>
  aws.s3.send(new sdk.HeadObjectCommand({ Bucket: data, Key, VersionId }))
const read = async (Bucket: string, Key: string): Promise<string> =>
  (await (await aws.s3.send(new sdk.GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? ""
const keysOf = async (Bucket: string): Promise<readonly string[]> =>
  ((await aws.s3.send(new sdk.ListObjectsV2Command({ Bucket }))).Contents ?? []).map((each) => each.Key ?? "")

const TAG = "<S3PutObjectTagging><TagSet><member><Key>a</Key><Value>1</Value></member></TagSet></S3PutObjectTagging>"
const reKey = (): string =>
  `<S3UpdateObjectEncryption><ObjectEncryption><SSE-KMS><KMSKeyArn>${newKey}</KMSKeyArn><BucketKeyEnabled>true</BucketKeyEnabled></SSE-KMS></ObjectEncryption></S3UpdateObjectEncryption>`

async function manifest(csv: string, fields: readonly string[] = ["Bucket", "Key"]): Promise<string> {
  const { ETag } = await put(lists, "list.csv", csv)
  const names = fields.map((each) => `<member>${each}</member>`).join("")
  return `<Manifest><Spec><Format>S3BatchOperations_CSV_20180820</Format><Fields>${names}</Fields></Spec><Location><ObjectArn>arn:aws:s3:::${lists}/list.csv</ObjectArn><ETag>${ETag}</ETag></Location></Manifest>`
}
const generator = (filter: string, output = "<EnableManifestOutput>false</EnableManifestOutput>"): string =>
  `<ManifestGenerator><S3JobManifestGenerator><SourceBucket>arn:aws:s3:::${data}</SourceBucket><Filter>${filter}</Filter>${output}</S3JobManifestGenerator></ManifestGenerator>`
const reportTo = (scope = "AllTasks"): string =>
  `<Report><Bucket>arn:aws:s3:::${lists}</Bucket><Format>Report_CSV_20180820</Format><Enabled>true</Enabled><Prefix>reports</Prefix><ReportScope>${scope}</ReportScope></Report>`
const progress = (told: string): readonly (string | undefined)[] =>
  ["Status", "TotalNumberOfTasks", "NumberOfTasksSucceeded", "NumberOfTasksFailed"].map((name) => element(told, name))

describe("a batch job", () => {
  it("re-keys what its manifest lists, and reports each object", async () => {
    for (const key of ["a", "ü b,c", "left"]) await underOldKey(key)
    const source = await manifest(`${data},a\n"${data}","${encodeURIComponent("ü b,c")}"\r\n${data},none\n`)
    const id = await aws.start(reKey(), { source, report: reportTo() })
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(progress(await aws.settle(id))).toEqual(["Complete", "3", "2", "1"])
    expect(await head("ü b,c")).toMatchObject({ SSEKMSKeyId: newKey, BucketKeyEnabled: true })
    expect((await head("left")).SSEKMSKeyId).toBe(oldKey)
    const folder = `reports/job-${id}`
    const told = JSON.parse(await read(lists, `${folder}/manifest.json`)) as {
      Results: Array<{ TaskExecutionStatus: string; Bucket: string; Key: string; MD5Checksum: string }>
      ReportSchema: string
    }
    expect(told.ReportSchema).toBe("Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage")
    expect(told.Results.map((each) => each.TaskExecutionStatus)).toEqual(["succeeded", "failed"])
    const [succeeded, failed] = await Promise.all(told.Results.map((each) => read(each.Bucket, each.Key)))
    expect(succeeded).toBe(`${data},a,,succeeded,,200,Successful\n${data},%C3%BC%20b%2Cc,,succeeded,,200,Successful\n`)
    expect(failed).toBe(`${data},none,,failed,NoSuchKey,404,The specified key does not exist.\n`)
    expect(told.Results[0]?.MD5Checksum).toBe(
      createHash("md5")
        .update(succeeded ?? "")
        .digest("hex"),
    )
    expect((await keysOf(lists)).every((key) => key === "list.csv" || key.startsWith(folder))).toBe(true)
  })

  it("finds objects by the key that encrypts them, all their versions", async () => {
    const first = await underOldKey("a/1")
    await underOldKey("a/1", "newer")
    await underOldKey("b/1")
    await put(data, "a/2", "x")
    const filter = `<KeyNameConstraint><MatchAnyPrefix><member>a/</member></MatchAnyPrefix></KeyNameConstraint><MatchAnyObjectEncryption><ObjectEncryption><SSE-KMS><KmsKeyArn>${oldKey}</KmsKeyArn></SSE-KMS></ObjectEncryption></MatchAnyObjectEncryption>`
    const output = `<ManifestOutputLocation><Bucket>arn:aws:s3:::${lists}</Bucket><ManifestPrefix>generated</ManifestPrefix><ManifestFormat>S3InventoryReport_CSV_20211130</ManifestFormat></ManifestOutputLocation><EnableManifestOutput>true</EnableManifestOutput>`
    const id = await aws.start(reKey(), { source: generator(filter, output) })
    expect(progress(await aws.settle(id))).toEqual(["Complete", "2", "2", "0"])
    expect((await head("a/1", first.VersionId)).SSEKMSKeyId).toBe(newKey)
    expect((await head("a/1")).SSEKMSKeyId).toBe(newKey)
    expect((await head("b/1")).SSEKMSKeyId).toBe(oldKey)
    expect((await head("a/2")).ServerSideEncryption).toBe("AES256")
    expect(await read(lists, `generated/job-${id}/manifest.csv`)).toContain(`${data},a%2F1,${first.VersionId}\n`)
  })

  it("copies into another bucket, under a prefix, a key and tags of its own", async () => {
    await create(`copies-${round}`)
    const one = await underOldKey("k", "first")
    await underOldKey("k", "second")
    const source = await manifest(`${data},x,k,${one.VersionId}\n`, ["Bucket", "Ignore", "Key", "VersionId"])
    const copy = `<S3PutObjectCopy><TargetResource>arn:aws:s3:::copies-${round}</TargetResource><TargetKeyPrefix>2026</TargetKeyPrefix><SSEAwsKmsKeyId>${newKey}</SSEAwsKmsKeyId><NewObjectMetadata><UserMetadata><entry><key>from</key><value>batch</value></entry></UserMetadata></NewObjectMetadata><NewObjectTagging><member><Key>a</Key><Value>1 + 2</Value></member></NewObjectTagging></S3PutObjectCopy>`
    expect(progress(await aws.settle(await aws.start(copy, { source })))).toEqual(["Complete", "1", "1", "0"])
    const copied = { Bucket: `copies-${round}`, Key: "2026/k" }
    expect(await read(copied.Bucket, copied.Key)).toBe("first")
    expect(await aws.s3.send(new sdk.HeadObjectCommand(copied))).toMatchObject({
      SSEKMSKeyId: newKey,
      Metadata: { from: "batch" },
    })
    const { TagSet } = await aws.s3.send(new sdk.GetObjectTaggingCommand(copied))
    expect(TagSet).toEqual([{ Key: "a", Value: "1 + 2" }])
  })

  it("sets tags, retention and legal holds", async () => {
    await put(data, "k", "x")
    const source = await manifest(`${data},k\n`)
    const operations = [
      TAG,
      "<S3PutObjectRetention><BypassGovernanceRetention>false</BypassGovernanceRetention><Retention><RetainUntilDate>2040-01-01T00:00:00Z</RetainUntilDate><Mode>GOVERNANCE</Mode></Retention></S3PutObjectRetention>",
      "<S3PutObjectLegalHold><LegalHold><Status>ON</Status></LegalHold></S3PutObjectLegalHold>",
    ]
    for (const operation of operations) {
      expect(progress(await aws.settle(await aws.start(operation, { source })))).toEqual(["Complete", "1", "1", "0"])
    }
    expect(await head("k")).toMatchObject({
      ObjectLockMode: "GOVERNANCE",
      ObjectLockRetainUntilDate: new Date("2040-01-01"),
      ObjectLockLegalHoldStatus: "ON",
    })
    const { TagSet } = await aws.s3.send(new sdk.GetObjectTaggingCommand({ Bucket: data, Key: "k" }))
    expect(TagSet).toEqual([{ Key: "a", Value: "1" }])
  })

  it("reads inventory reports", async () => {
    await underOldKey("a b")
    const file = gzipSync(`"${data}","a%20b","","true"\n`)
    await put(lists, "data/1.csv.gz", file)
    const listing = {
      sourceBucket: data,
      destinationBucket: `arn:aws:s3:::${lists}`,
      fileFormat: "CSV",
      fileSchema: "Bucket, Key, VersionId, IsLatest",
      files: [{ key: "data/1.csv.gz", size: file.length, MD5checksum: createHash("md5").update(file).digest("hex") }],
    }
    const { ETag } = await put(lists, "manifest.json", JSON.stringify(listing))
    const source = `<Manifest><Spec><Format>S3InventoryReport_CSV_20161130</Format></Spec><Location><ObjectArn>arn:aws:s3:::${lists}/manifest.json</ObjectArn><ETag>${ETag}</ETag></Location></Manifest>`
    expect(progress(await aws.settle(await aws.start(reKey(), { source })))).toEqual(["Complete", "1", "1", "0"])
    expect((await head("a b")).SSEKMSKeyId).toBe(newKey)
  })

  it("acts as its role: a bucket policy that denies the role makes its tasks fail", async () => {
    await underOldKey("k")
    const deny = { Effect: "Deny", Principal: { AWS: ROLE }, Action: "s3:UpdateObjectEncryption", Resource: "*" }
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [deny] })
    await aws.s3.send(new sdk.PutBucketPolicyCommand({ Bucket: data, Policy }))
    const id = await aws.start(reKey(), { source: await manifest(`${data},k\n`), report: reportTo("FailedTasksOnly") })
    expect(progress(await aws.settle(id))).toEqual(["Complete", "1", "0", "1"])
    const [key] = (await keysOf(lists)).filter((each) => each.endsWith(".csv") && each !== "list.csv")
    const report = await read(lists, key ?? "")
    expect(report).toMatch(/,failed,AccessDenied,403,/)
    expect(report).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/batch/s3-batch-operations`)
    expect((await head("k")).SSEKMSKeyId).toBe(oldKey)
  })

  it("goes from status to status in small steps of virtual time", async () => {
    const HOUR = 3_600_000
    const slow = await rehearse({ jobStepMs: HOUR })
    const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
    await slow.s3.send(new sdk.CreateBucketCommand({ Bucket: "slow", CreateBucketConfiguration }))
    for (let at = 0; at < 40; at++) {
      await slow.s3.send(new sdk.PutObjectCommand({ Bucket: "slow", Key: `k${at}`, Body: "x" }))
    }
    const id = await slow.start(TAG, { source: generator("").replace(`:::${data}`, ":::slow") })
    const seen: string[] = []
    for (let at = 0; at < 8; at++) {
      const told = await slow.describe(id)
      seen.push(`${element(told, "Status")} ${element(told, "NumberOfTasksSucceeded")}`)
      slow.sandbox.clock.advance(HOUR)
    }
    await slow.close()
    expect(seen).toEqual([
      "New 0",
      "Preparing 0",
      "Ready 0",
      "Active 0",
      "Active 16",
      "Active 32",
      "Completing 40",
      "Complete 40",
    ])
  })
})

describe("a job that must be confirmed", () => {
  it("waits until somebody says so", async () => {
    await underOldKey("k")
    const id = await aws.start(reKey(), { source: await manifest(`${data},k\n`), confirm: true })
    const told = await aws.settle(id)
    expect([element(told, "Status"), element(told, "SuspendedCause")]).toEqual(["Suspended", "AwaitingConfirmation"])
    aws.sandbox.clock.advance(60_000)
    expect((await head("k")).SSEKMSKeyId).toBe(oldKey)
    const ready = await aws.control("POST", `/jobs/${id}/status`, { query: { requestedJobStatus: "Ready" } })
    expect(element(ready.text, "Status")).toBe("Ready")
    expect(element(await aws.settle(id), "Status")).toBe("Complete")
    expect((await head("k")).SSEKMSKeyId).toBe(newKey)
    const again = await aws.control("POST", `/jobs/${id}/status`, { query: { requestedJobStatus: "Ready" } })
    expect([again.status, element(again.text, "Code")]).toEqual([400, "JobStatusException"])
  })

  it("can be cancelled instead", async () => {
    await underOldKey("k")
    const id = await aws.start(reKey(), { source: await manifest(`${data},k\n`), confirm: true })
    await aws.settle(id)
    const query = { requestedJobStatus: "Cancelled", statusUpdateReason: "not today" }
    await aws.control("POST", `/jobs/${id}/status`, { query })
    const told = await aws.settle(id)
    expect([element(told, "Status"), element(told, "StatusUpdateReason")]).toEqual(["Cancelled", "not today"])
    expect((await head("k")).SSEKMSKeyId).toBe(oldKey)
  })
})

describe("a job fails", () => {
  const failure = async (source: string, role = ROLE): Promise<readonly (string | undefined)[]> => {
    const told = await aws.settle(await aws.start(reKey(), { source, role }))
    return [element(told, "Status"), element(told, "FailureCode")]
  }
  it("when the manifest is another than was meant", async () => {
    const source = await manifest(`${data},k\n`)
    await put(lists, "list.csv", "changed,k\n")
    expect(await failure(source)).toEqual(["Failed", "ManifestETagMismatch"])
  })
  it("when the manifest is not there", async () => {
    const source = (await manifest(`${data},k\n`)).replace("list.csv", "other.csv")
    expect(await failure(source)).toEqual(["Failed", "NoSuchKey"])
  })
  it("when there is nothing to do", async () => {
    expect(await failure(generator(""))).toEqual(["Failed", "EmptyManifest"])
  })
  it.each(["-untrusting", "-misguarded", "-none"])("when the role %s does not trust it", async (suffix) => {
    expect(await failure(await manifest(`${data},k\n`), `${ROLE}${suffix}`)).toEqual(["Failed", "AccessDenied"])
  })
  it("but not when the role trusts it for this account", async () => {
    await underOldKey("k")
    const id = await aws.start(reKey(), { source: await manifest(`${data},k\n`), role: `${ROLE}-guarded` })
    expect(element(await aws.settle(id), "Status")).toBe("Complete")
  })
})

describe("CreateJob", () => {
  it("answers the same job for the same token, and refuses another under it", async () => {
    const source = await manifest(`${data},k\n`)
    const token = `same-${round}`
    const id = await aws.start(reKey(), { source, token })
    expect(await aws.start(reKey(), { source, token })).toBe(id)
    const other = await aws.control("POST", "/jobs", { body: jobXml(reKey(), { source: generator(""), token }) })
    expect(element(other.text, "Code")).toBe("IdempotencyException")
  })
  it("answers 501 for what it cannot run", async () => {
    const restore = "<S3InitiateRestoreObject><ExpirationInDays>1</ExpirationInDays></S3InitiateRestoreObject>"
    const answer = await aws.control("POST", "/jobs", { body: jobXml(restore, { source: generator("") }) })
    expect([answer.status, element(answer.text, "Code")]).toEqual([501, "NotImplemented"])
  })
  it("is for the account's own people", async () => {
    const answer = await signedCall({
      port: aws.sandbox.port,
      credentials: aws.sandbox.credentialsFor(OTHER),
      service: "s3",
      path: "/v20180820/jobs",
      headers: { "x-amz-account-id": ACCOUNT },
      body: jobXml(reKey(), { source: generator("") }),
    })
    expect([answer.status, element(answer.text, "Code")]).toEqual([403, "AccessDenied"])
  })
  it("says what is missing", async () => {
    const answer = await aws.control("POST", "/jobs", { body: jobXml(reKey(), {}) })
    expect([answer.status, element(answer.text, "Code")]).toEqual([400, "InvalidRequest"])
  })
})

describe("jobs", () => {
  it("are listed newest first, by status and in pages", async () => {
    const source = await manifest(`${data},k\n`)
    const ids = [
      await aws.start(reKey(), { source, confirm: true }),
      await aws.start(reKey(), { source, confirm: true }),
    ]
    for (const id of ids) await aws.settle(id)
    const query = { jobStatuses: "Suspended", maxResults: "1" }
    const first = await aws.control("GET", "/jobs", { query })
    expect(element(first.text, "JobId")).toBe(ids[1])
    expect(element(first.text, "Operation")).toBe("S3UpdateObjectEncryption")
    const nextToken = element(first.text, "NextToken") ?? ""
    const second = await aws.control("GET", "/jobs", { query: { ...query, nextToken } })
    expect(element(second.text, "JobId")).toBe(ids[0])
  })

  it("are shown as they were created", async () => {
    const id = await aws.start(reKey(), { source: generator(""), report: reportTo() })
    const told = await aws.describe(id)
    expect(told).toContain(reKey())
    expect(told).toContain(reportTo())
    expect(element(told, "Description")).toBe("a &amp; b")
    expect(element(told, "JobArn")).toBe(`arn:aws:s3:eu-central-1:${ACCOUNT}:job/${id}`)
    expect((await aws.control("GET", "/jobs/none")).status).toBe(404)
  })

  it("have tags and a priority that can be changed", async () => {
    await put(data, "k", "x") // without any object the job fails by itself, sooner or later
    const id = await aws.start(reKey(), { source: generator(""), confirm: true })
    const tags = async (): Promise<string> => (await aws.control("GET", `/jobs/${id}/tagging`)).text
    expect(await tags()).toContain("<member><Key>team</Key><Value>ops</Value></member>")
    const body = `<PutJobTaggingRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Tags><member><Key>a</Key><Value>1</Value></member></Tags></PutJobTaggingRequest>`
    await aws.control("PUT", `/jobs/${id}/tagging`, { body })
    expect(await tags()).toContain("<Tags><member><Key>a</Key><Value>1</Value></member></Tags>")
    await aws.control("DELETE", `/jobs/${id}/tagging`)
    expect(await tags()).toContain("<Tags></Tags>")
    const answer = await aws.control("POST", `/jobs/${id}/priority`, { query: { priority: "42" } })
    expect(element(answer.text, "Priority")).toBe("42")
    expect(element(await aws.describe(id), "Priority")).toBe("42")
  })

  it("go on where they were after a restart", async () => {
    const stateDir = tempFolder()
    const before = await rehearse({ stateDir })
    const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
    await before.s3.send(new sdk.CreateBucketCommand({ Bucket: "kept", CreateBucketConfiguration }))
    await before.s3.send(new sdk.PutObjectCommand({ Bucket: "kept", Key: "k", Body: "x" }))
    const source = generator("").replace(`:::${data}`, ":::kept")
    const id = await before.start(TAG, { source })
    await before.close()
    const after = await rehearse({ stateDir })
    expect(progress(await after.settle(id))).toEqual(["Complete", "1", "1", "0"])
    await after.close()
  })
})
