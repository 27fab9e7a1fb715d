import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { CallErrorClass, ObjectHead, Outcome } from "../../../src/restore/data-plane.ts"
import type { Refusal } from "../../../src/restore/objects.ts"
import { findingOf, inspectionOf, refuseManagedKeys, type Note, type Scene } from "../../../src/restore/plan/inspect.ts"
import { Sampler } from "../../../src/restore/plan/sample.ts"
import { object } from "./plan-world.ts"

const KEY = "arn:aws:kms:eu-central-1:111111111111:key/source"
const scene: Scene = { operation: "copy", now: Date.parse("2026-11-24T00:00:00Z") }
const head = (more: Partial<ObjectHead> = {}): Outcome<ObjectHead> => ({
  kind: "ok",
  value: {
    etag: '"e"',
    sizeBytes: 1,
    modifiedAt: 0,
    encryption: "aws:kms",
    keyArn: KEY,
    bucketKey: false,
    storageClass: "STANDARD",
    headers: {},
    metadata: new Map(),
    tagCount: 0,
    archived: false,
    ...more,
  },
})
const failed = (status: number, kind: CallErrorClass): Outcome<ObjectHead> => ({
  kind: "error",
  error: {
    class: kind,
    code: "X",
    message: "x",
    facts: { service: "s3", operation: "HeadObject", status },
    ambiguous: false,
  },
})
const withoutEncryption = (): Outcome<ObjectHead> => {
  const { encryption: _encryption, keyArn: _keyArn, ...value } = (head() as { value: ObjectHead }).value
  return { kind: "ok", value }
}
const until = "2027-01-01T00:00:00Z"

describe("what a HEAD refuses", () => {
  it.each<[string, Outcome<ObjectHead>, Partial<Scene> & { route?: "copy" | "multipart" }, Refusal | undefined]>([
    ["SSE-KMS is copied", head(), {}, undefined],
    ["SSE-KMS is re-keyed", head(), { operation: "rekey" }, undefined],
    ["SSE-C is not readable", failed(400, "expired-token"), {}, "NEEDS_CUSTOMER_KEY"],
    ["SSE-C, where the data plane asked why", failed(400, "refused"), {}, "NEEDS_CUSTOMER_KEY"],
    ["metadata that no header can carry, in one copy", head({ missingMetadata: 1 }), {}, undefined],
    ["the same in parts", head({ missingMetadata: 1 }), { route: "multipart" }, "UNSUPPORTED_METADATA"],
    ["what went away since the listing", failed(404, "not-found"), {}, "SOURCE_GONE"],
    ["SSE-S3 is re-keyed", head({ encryption: "AES256" }), { operation: "rekey" }, undefined],
    ["plain bytes are not re-keyed", withoutEncryption(), { operation: "rekey" }, "UNENCRYPTED"],
    ["plain bytes are copied", withoutEncryption(), {}, undefined],
    ["DSSE is not re-keyed", head({ encryption: "aws:kms:dsse" }), { operation: "rekey" }, "DOUBLE_ENCRYPTED"],
    ["DSSE is copied, and encrypted once", head({ encryption: "aws:kms:dsse" }), {}, undefined],
    ["compliance mode", head({ lock: { mode: "COMPLIANCE", until } }), { operation: "rekey" }, "LOCKED"],
    ["governance mode", head({ lock: { mode: "GOVERNANCE", until } }), { operation: "rekey" }, "LOCKED"],
    ["a legal hold", head({ lock: { legalHold: true } }), { operation: "rekey" }, "LOCKED"],
    [
      "a retention that has ended",
      head({ lock: { mode: "COMPLIANCE", until: "2026-01-01T00:00:00Z" } }),
      { operation: "rekey" },
      undefined,
    ],
    ["a locked source is copied", head({ lock: { mode: "COMPLIANCE", until } }), {}, undefined],
    ["the archive tier of Intelligent-Tiering", head({ archived: true }), {}, "NEEDS_THAW"],
    ["an archive is re-keyed", head({ archived: true }), { operation: "rekey" }, undefined],
    ["ü in metadata, in one copy", head({ metadata: new Map([["a", "ü"]]) }), {}, undefined],
    [
      "ü in metadata, in parts",
      head({ metadata: new Map([["a", "ü"]]) }),
      { route: "multipart" },
      "UNSUPPORTED_METADATA",
    ],
    [
      "RFC 2047 in metadata, in parts",
      head({ metadata: new Map([["a", "=?UTF-8?Q?=C3=BC?="]]) }),
      { route: "multipart" },
      "UNSUPPORTED_METADATA",
    ],
  ])("%s", (_name, answer, { route = "copy", ...more }, refusal) => {
    const finding = findingOf(answer, route, { ...scene, ...more })
    expect("notes" in finding ? finding.refusal : finding).toBe(refusal)
  })

  it("is silent about what a denied HEAD means", () => {
    expect(findingOf(failed(403, "access-denied"), "copy", scene)).toMatchObject({ class: "access-denied" })
  })

  it.each<[Note, Partial<ObjectHead>]>([
    ["website-redirect", { websiteRedirect: "/x" }],
    ["source-bucket-key", { bucketKey: true }],
    ["not-kms", { encryption: "AES256" }],
    ["locked", { lock: { legalHold: true } }],
    ["composite-checksum", { checksum: { algorithm: "SHA256", value: "x-2", type: "COMPOSITE" } }],
    ["non-ascii-metadata", { metadata: new Map([["n", "日本"]]) }],
    ["non-ascii-metadata", { missingMetadata: 2 }],
  ])("notes %s", (note, more) => {
    const finding = findingOf(head(more), "copy", scene)
    expect("notes" in finding && finding.notes).toEqual([note])
  })
})

describe("the sample", () => {
  const objects = fc
    .uniqueArray(fc.tuple(fc.string(), fc.constantFrom("STANDARD", "STANDARD_IA"), fc.constantFrom(0, 10, 2_000_000)), {
      selector: ([key]) => key,
      maxLength: 80,
    })
    .map((rows) => rows.map(([key, storageClass, sizeBytes]) => object(key, { storageClass, sizeBytes })))
  const drawn = (given: readonly ReturnType<typeof object>[], size: number, seed = "s") => {
    const sampler = new Sampler({ size, seed, prefix: "" })
    for (const each of given) sampler.offer(each, "copy")
    return sampler.drawn()
  }

  it("depends on the seed and the keys, not on the order of pages", () => {
    fc.assert(
      fc.property(objects, fc.integer({ min: 1, max: 20 }), (given, size) => {
        const keys = (list: typeof given): string[][] =>
          drawn(list, size).map(({ name, drawn: own }) => [name, ...own.map(({ object: each }) => each.key).sort()])
        expect(keys(given.toReversed())).toEqual(keys(given))
      }),
    )
  })

  it("has one of every stratum, and all when all are asked for", () => {
    fc.assert(
      fc.property(objects, fc.integer({ min: 1, max: 20 }), (given, size) => {
        const strata = drawn(given, size)
        expect(strata.every((stratum) => stratum.drawn.length > 0)).toBe(true)
        expect(strata.reduce((sum, { population }) => sum + population, 0)).toBe(given.length)
        const all = drawn(given, Number.POSITIVE_INFINITY)
        expect(all.flatMap((stratum) => stratum.drawn)).toHaveLength(given.length)
      }),
    )
  })

  it("draws another set from another seed", () => {
    const many = Array.from({ length: 5_000 }, (_, at) => object(`k${at}`))
    const keys = (seed: string): string[] => drawn(many, 299, seed)[0]?.drawn.map(({ object: { key } }) => key) ?? []
    const [one, other] = [keys("a"), new Set(keys("b"))]
    expect(one).toHaveLength(299)
    expect(one.filter((key) => other.has(key)).length).toBeLessThan(60)
  })

  it("is spread over the keys as a fair draw would be", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => object(`tenant/chunk-${String(at).padStart(6, "0")}`))
    const tenth = Array.from({ length: 10 }, () => 0)
    for (const { object: each } of drawn(many, 1_000)[0]?.drawn ?? [])
      tenth[Math.floor(Number(each.key.slice(-6)) / 1_000)]!++
    expect(Math.min(...tenth)).toBeGreaterThan(60)
    expect(Math.max(...tenth)).toBeLessThan(140)
  })
})

describe("what a sample says about all", () => {
  const stratum = (name: string, population: number, drawnCount: number) => ({
    name,
    population,
    drawn: Array.from({ length: drawnCount }, (_, at) => ({ object: object(`${name}${at}`), route: "copy" as const })),
  })
  const answersOf = (own: ReturnType<typeof stratum>, refusals: number) =>
    own.drawn.map(({ object: each }, at) => ({
      stratum: own,
      object: each,
      finding: { notes: ["not-kms" as const], ...(at < refusals ? { refusal: "UNENCRYPTED" as const } : {}) },
    }))

  it("weighs each stratum by what it stands for, and says that it estimates", () => {
    const answers = [...answersOf(stratum("a", 1_000, 10), 2), ...answersOf(stratum("b", 10, 10), 1)]
    const { refused, shares, heads } = inspectionOf(answers)
    expect(refused).toEqual([{ why: "UNENCRYPTED", objects: 201, estimated: true, examples: ["a0", "a1", "b0"] }])
    expect(shares["not-kms"]).toBeCloseTo(1, 10)
    expect(heads).toBe(20)
  })

  it("refuses what a key of AWS encrypts, and leaves other refusals as they are", () => {
    const [first, second] = answersOf(stratum("a", 2, 2), 1).map((answer) => ({
      ...answer,
      finding: { ...answer.finding, keyArn: KEY },
    }))
    const refusals = (managed: ReadonlySet<string>) =>
      refuseManagedKeys([first!, second!], managed).map(({ finding }) => finding.refusal)
    expect(refusals(new Set([KEY]))).toEqual(["UNENCRYPTED", "AWS_MANAGED_KEY"])
    expect(refusals(new Set())).toEqual(["UNENCRYPTED", undefined])
  })

  it("counts what was inspected whole", () => {
    expect(inspectionOf(answersOf(stratum("b", 10, 10), 3)).refused).toEqual([
      { why: "UNENCRYPTED", objects: 3, estimated: false, examples: ["b0", "b1", "b2"] },
    ])
  })
})
