import { createHash } from "node:crypto"
import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { BucketName } from "../../../src/kernel/brands.ts"
import type { ListedObject } from "../../../src/restore/objects.ts"
import type { RestorePart } from "../../../src/restore/plan/restore-plan.ts"
import type { BatchProofs } from "../../../src/restore/batch/ports.ts"
import { runBatch, type BatchPorts, type BatchReport } from "../../../src/restore/batch/run-batch.ts"
import { ACCOUNT, batchWorld, memoryRunFiles, partOf, REGION, ROLE, type BatchWorld } from "./batch-world.ts"

let world: BatchWorld
let round = 0
let [data, desk]: BucketName[] = []
const names = (): { data: BucketName; desk: BucketName } => ({ data: data as BucketName, desk: desk as BucketName })

beforeAll(async () => void (world = await batchWorld()))
afterAll(() => world.close())
beforeEach(async () => {
  round++
  data = await world.bucket(`data-${round}`, true)
  desk = await world.bucket(`desk-${round}`)
})

/** Hostile keys as S3 takes them. */
const ODD = [
  "a",
  "ü b,c",
  'quo"te',
  "plus+plus",
  "per%cent",
  "//",
  "x/../y",
  "trailing/",
  "ä\u0301 😀",
  "it's (1)!*",
  "__proto__",
]

const proven = (matched: number, readBack = { good: 3, bad: 0, unknown: 0 }): BatchProofs => ({
  reconcile: () => Promise.resolve({ matched, missing: 0, different: 0 }),
  readBack: () => Promise.resolve(readBack),
})

interface Asked {
  readonly files?: ReturnType<typeof memoryRunFiles>
  readonly ports?: Partial<BatchPorts>
  readonly objects?: () => AsyncIterable<ListedObject>
  readonly plan?: string
}

function run(part: RestorePart, asked: Asked = {}): Promise<BatchReport> {
  const { desk: bucket } = names()
  const { aws } = world
  const order = {
    plan: createHash("sha256")
      .update(`${asked.plan ?? "plan"} ${round}`)
      .digest("hex"),
    part,
    desk: { bucket, prefix: "dr-batch/", owner: ACCOUNT },
    roleArn: ROLE,
    priority: 10,
  }
  return runBatch(world.deps, order, asked.objects ?? world.listed(names().data, true), {
    jobs: aws.batch(aws.base, REGION),
    desk: aws.desk(aws.base, { bucket, owner: ACCOUNT, region: REGION }),
    files: asked.files ?? memoryRunFiles(),
    occupied: () => Promise.resolve(undefined),
    ...asked.ports,
  })
}

describe("a part of a plan as batch jobs", () => {
  it("re-keys every version of every key, and calls done only what was proven", async () => {
    const versions: [string, string | undefined][] = []
    for (const key of ODD) versions.push([key, await world.put(names().data, key, key)])
    versions.push(["a", await world.put(names().data, "a", "newer")])
    const part = partOf("rekey", world.newKey, { bucket: names().data }, undefined, { mode: { kind: "all" } })
    const unproven = await run(part)
    expect(unproven.accounts).toEqual({ handed: 12, done: 0, failed: 0, unknown: 12 })
    for (const [key, id] of versions) expect(await world.keyOf(names().data, key, id)).toBe(world.newKey)
    const report = await run(part, { ports: { proofs: proven(12) } })
    expect(report).toMatchObject({
      listed: 12,
      accounts: { handed: 12, done: 12, failed: 0, unknown: 0 },
      left: {},
      jobs: [{ name: "1-rekey", status: "Complete", rows: 12, succeeded: 12 }],
    })
    expect(report.jobs[0]?.id).toBe(unproven.jobs[0]?.id)
    expect(report.jobs[0]?.digest).toMatch(/^12:/)
  })

  it("copies old versions before current ones, each class by itself, and leaves to the engine what a job cannot", async () => {
    await world.put(names().data, "in/k", "old", { Metadata: { who: "me" }, Tagging: "t=1" })
    await world.put(names().data, "in/k", "new", { Metadata: { who: "me" }, Tagging: "t=1" })
    await world.put(names().data, "in/cold", "c", { StorageClass: "STANDARD_IA" })
    await world.put(names().data, "in/ice", "i", { StorageClass: "DEEP_ARCHIVE" })
    const copies = await world.bucket(`copies-${round}`, true)
    const part = partOf(
      "copy",
      world.newKey,
      { bucket: names().data, prefix: "in/" },
      { bucket: copies, prefix: "back/in/" },
      { mode: { kind: "all" } },
    )
    const all = world.listed(names().data, true)
    const large = async function* (): AsyncGenerator<ListedObject> {
      yield* all()
      const one = { etag: "", modifiedAt: 0, storageClass: "STANDARD", versionId: "v", current: true as const }
      yield { ...one, key: "in/large", sizeBytes: 5 * 1024 ** 3 + 1 }
      yield { ...one, key: "in/marker", sizeBytes: 0, deleteMarker: true }
      yield { ...one, key: "in/there", sizeBytes: 1, replaces: '"e"' }
    }
    const report = await run(part, { objects: large, ports: { proofs: proven(3) } })
    expect(report.left).toEqual({ ARCHIVED: 1, OVER_5_GB: 1, DELETE_MARKER: 1, REPLACES: 1 })
    expect(report.jobs.map(({ name, succeeded }) => [name, succeeded])).toEqual([
      ["1-noncurrent-STANDARD", 1],
      ["2-current-STANDARD", 1],
      ["2-current-STANDARD_IA", 1],
    ])
    expect(report.accounts).toEqual({ handed: 3, done: 3, failed: 0, unknown: 0 })
    const copied = { Bucket: copies, Key: "back/in/k" }
    expect(await (await world.s3.send(new GetObjectCommand(copied))).Body?.transformToString()).toBe("new")
    expect(await world.s3.send(new HeadObjectCommand(copied))).toMatchObject({
      SSEKMSKeyId: world.newKey,
      BucketKeyEnabled: true,
      Metadata: { who: "me" },
    })
    expect((await world.s3.send(new GetObjectTaggingCommand(copied))).TagSet).toEqual([{ Key: "t", Value: "1" }])
    expect((await world.s3.send(new HeadObjectCommand({ Bucket: copies, Key: "back/in/cold" }))).StorageClass).toBe(
      "STANDARD_IA",
    )
  })

  it("names each failed task with its code, and believes no more than the listing shows", async () => {
    for (const key of ["a", "b", "c"]) await world.put(names().data, key, key)
    const objects = async function* (): AsyncGenerator<ListedObject> {
      for (const key of ["a", "b", "c", "gone, +1"])
        yield { key, sizeBytes: 1, etag: "", modifiedAt: 0, storageClass: "STANDARD" }
    }
    const files = memoryRunFiles()
    const part = partOf("rekey", world.newKey, { bucket: names().data })
    const report = await run(part, { files, objects, ports: { proofs: proven(2) } })
    expect(report.accounts).toEqual({ handed: 4, done: 2, failed: 1, unknown: 1 })
    const [job] = report.jobs
    expect(job?.codes).toEqual({ NoSuchKey: 1 })
    expect(JSON.parse(files.texts.get(job?.failures ?? "")?.toString() ?? "")).toMatchObject({
      key: "gone, +1",
      code: "NoSuchKey",
    })
    expect(world.events.ofType("restore.object").at(-1)?.data).toMatchObject({ object: "gone, +1", why: "NoSuchKey" })
  })

  it("finds its jobs again after a kill at any call, and makes none twice", async () => {
    for (const key of ["a", "b"]) await world.put(names().data, key, key)
    const part = partOf("rekey", world.newKey, { bucket: names().data })
    const files = memoryRunFiles()
    const { aws } = world
    const ids = new Set<string>()
    for (let kill = 0; ; kill++) {
      let left = kill
      const mortal = <T extends object>(port: T): T =>
        new Proxy(port, {
          get: (target, name) => {
            const call: unknown = Reflect.get(target, name)
            if (typeof call !== "function") return call
            return async (...args: unknown[]) => {
              const answer: unknown = await (call as (...given: unknown[]) => unknown).apply(target, args)
              if (name === "create") ids.add(answer as string)
              if (left-- === 0) throw new Error("killed")
              return answer
            }
          },
        })
      const ports = {
        jobs: mortal(aws.batch(aws.base, REGION)),
        desk: mortal(aws.desk(aws.base, { bucket: names().desk, owner: ACCOUNT, region: REGION })),
        proofs: proven(2),
      }
      const ended = await run(part, { files, ports }).catch((error: Error) => error.message)
      if (ended === "killed") continue
      expect(ended).toMatchObject({ accounts: { handed: 2, done: 2, failed: 0, unknown: 0 } })
      break
    }
    expect(ids.size).toBe(1)
  })

  it("cancels a job before its first object when AWS reads another manifest than was laid down", async () => {
    await world.put(names().data, "a", "a")
    const { aws } = world
    const laid = aws.desk(aws.base, { bucket: names().desk, owner: ACCOUNT, region: REGION })
    const swapped = {
      ...laid,
      put: (key: string) =>
        laid.put(
          key,
          (async function* () {
            yield Buffer.from(`${names().data},a\n${names().data},b\n`)
          })(),
        ),
    }
    const part = partOf("rekey", world.newKey, { bucket: names().data })
    const objects = world.listed(names().data, false)
    await expect(run(part, { objects, ports: { desk: swapped } })).rejects.toMatchObject({ code: "E_BATCH_COUNT" })
    expect(await world.keyOf(names().data, "a")).toBe(world.oldKey)
  })

  it("tells what a job said that could not run, and hands nothing over as done", async () => {
    await world.put(names().data, "a", "a")
    const part = partOf("rekey", world.newKey, { bucket: names().data })
    const { aws } = world
    const jobs = aws.batch(aws.base, REGION)
    const untrusting = {
      ...jobs,
      create: (request: Parameters<typeof jobs.create>[0]) =>
        jobs.create({ ...request, roleArn: `${ROLE}-nobody` as typeof ROLE }),
    }
    const report = await run(part, { ports: { jobs: untrusting, proofs: proven(1) } })
    expect(report.jobs).toMatchObject([{ status: "Failed", succeeded: 0 }])
    expect(report.accounts).toEqual({ handed: 1, done: 0, failed: 0, unknown: 1 })
    expect(
      world.events
        .ofType("warning")
        .map(({ data: { message } }) => message)
        .join("\n"),
    ).toMatch(/is Failed: AccessDenied/)
  })

  it("refuses before it writes anything: occupied places, prefixes that a job cannot make, mixed listings", async () => {
    const { data: bucket } = names()
    const one: ListedObject = { key: "in/a", sizeBytes: 1, etag: "", modifiedAt: 0, storageClass: "STANDARD" }
    const objects = (...list: readonly ListedObject[]) =>
      async function* () {
        yield* list
      }
    const copy = (prefix: string) =>
      partOf("copy", world.newKey, { bucket, prefix: "in/" }, { bucket: names().desk, prefix })
    const occupied = () => Promise.resolve("in/a")
    await expect(run(copy("in/"), { objects: objects(one), ports: { occupied } })).rejects.toMatchObject({
      code: "E_BATCH_OCCUPIED",
    })
    for (const prefix of ["out/", "xin/", "/in/"])
      await expect(run(copy(prefix), { objects: objects(one) })).rejects.toMatchObject({ code: "E_BATCH_PREFIX" })
    await expect(run(copy("in/"), { objects: objects(one, { ...one, versionId: "v" }) })).rejects.toMatchObject({
      code: "E_BATCH_VERSIONS",
    })
    expect(
      await world.s3.send(new (await import("@aws-sdk/client-s3")).ListObjectsV2Command({ Bucket: names().desk })),
    ).toMatchObject({ KeyCount: 0 })
  })

  it("believes no report whose bytes are not what its manifest says", async () => {
    await world.put(names().data, "a", "a")
    const { aws } = world
    const laid = aws.desk(aws.base, { bucket: names().desk, owner: ACCOUNT, region: REGION })
    const forged = {
      ...laid,
      async get(key: string) {
        if (key.endsWith(".csv") && key.includes("/results/"))
          await world.s3.send(
            new PutObjectCommand({
              Bucket: names().desk,
              Key: key,
              Body: `${names().data},b,,succeeded,,200,Successful\n`,
            }),
          )
        return laid.get(key)
      },
    }
    const part = partOf("rekey", world.newKey, { bucket: names().data })
    await expect(run(part, { ports: { desk: forged } })).rejects.toMatchObject({ code: "E_BATCH_REPORT" })
  })
})
