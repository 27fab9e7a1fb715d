import { GetObjectTaggingCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterEach, describe, expect, it } from "vitest"
import { display, jsonLine } from "../../../src/kernel/display.ts"
import { forEachBounded } from "../../../src/kernel/concurrency.ts"
import type { DrEvent } from "../../../src/kernel/events.ts"
import { eventLine } from "../../../src/ui/event-line.ts"
import { OWNER, SOURCE, TARGET, wireWorld, type WireWorld } from "../../aws/wire/wire-world.ts"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"
import { isHeaderValue, isTagText, LEGAL_KEYS, NAUGHTY, NAUGHTY_CLASSES, rawBytes } from "./naughty-strings.ts"
import { endsOf, planOn } from "./sandbox-restore.ts"

const SLOW = process.env["DR_TEST_SLOW"] === "1"
/** Every twentieth, and all in the slow tests: each is a put, a copy and its read-back. */
const KEYS = SLOW ? LEGAL_KEYS : LEGAL_KEYS.filter((_, at) => at % 20 === 0)

let world: WireWorld | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

interface Naughty {
  readonly key: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly tags?: ReadonlyArray<readonly [string, string]>
}

async function worldOf(objects: readonly Naughty[]): Promise<WireWorld> {
  const made = (world = await wireWorld())
  const put = async ({ key, metadata = {}, tags = [] }: Naughty): Promise<void> => {
    await made.s3.send(
      new PutObjectCommand({
        Bucket: SOURCE,
        Key: key,
        Body: `bytes of ${key}`,
        Metadata: metadata,
        Tagging: tags.map((pair) => pair.map(encodeURIComponent).join("=")).join("&"),
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: made.oldKey,
      }),
    )
  }
  await forEachBounded(objects, 16, put, new AbortController().signal)
  return made
}

const sorted = (keys: readonly string[]): string[] =>
  keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** Listed by nothing of ours: the URL-encoded keys of the SDK's answers, decoded. */
async function keysIn({ plane }: WireWorld): Promise<readonly string[]> {
  const page = await plane.listPage({ bucket: TARGET, owner: OWNER, prefix: "" })
  return page.kind === "ok" ? page.value.objects.map(({ key }) => key) : [JSON.stringify(page.error)]
}

it("the list has its size and no string twice", () => {
  expect(NAUGHTY.length).toBeGreaterThanOrEqual(500)
  expect(new Set(NAUGHTY).size).toBe(NAUGHTY.length)
  expect([...NAUGHTY_CLASSES].filter(([, texts]) => texts.length < 5)).toEqual([])
  expect(NAUGHTY.filter((text) => Buffer.from(text).toString() !== text)).toEqual([])
})

describe("naughty strings on the sandbox", () => {
  it("as keys are listed, planned, copied and read back byte for byte", async () => {
    const naughty = await worldOf(KEYS.map((key) => ({ key })))
    const part = await planOn(naughty, { pageSize: 100 })
    expect(part.objects.map(({ key }) => key)).toEqual(sorted(KEYS))
    expect(endsOf(await part.run({ verify: SLOW ? "full" : "answer" }))).toEqual([])
    expect(await keysIn(naughty)).toEqual(sorted(KEYS))
    const told = await part.verify()
    expect([told.length, endsOf(told)]).toEqual([KEYS.length, []])
  }, 120_000)

  it("as prefixes of source and destination, one of each class, are taken away and put on exactly", async () => {
    const prefixes = [...NAUGHTY_CLASSES.values()].flatMap((texts) => texts.slice(0, 1))
    const naughty = await worldOf(
      prefixes.flatMap((prefix) => [{ key: `${prefix}k/${prefix}` }, { key: `x${prefix}` }]),
    )
    const wanted: string[] = []
    for (const [at, prefix] of prefixes.entries()) {
      const to = `${at}/${prefixes[(at + 1) % prefixes.length]}`
      const part = await planOn(naughty, { from: `${prefix}k/`, to })
      expect(endsOf(await part.run({ verify: "answer" }))).toEqual([])
      wanted.push(`${to}${prefix}`)
    }
    expect(await keysIn(naughty)).toEqual(sorted(wanted))
  })

  it("as metadata and tags come along in one copy; in parts they come along or are refused by name", async () => {
    const values = NAUGHTY.map(rawBytes).filter((text) => isHeaderValue(text) && text.length < 200 && canBeSigned(text))
    const tags = NAUGHTY.filter((text) => isTagText(text) && text.length <= 128)
    expect([values.length > 400, tags.length > 150]).toEqual([true, true])
    const tens = inTens(values).map((ten, at) => ({
      key: `k${at}`,
      metadata: Object.fromEntries(ten.map((value, index) => [`m${index}`, value])),
      tags: (inTens(tags)[at] ?? []).map((tag) => [tag, tag] as const),
    }))
    const objects = tens.filter((_, at) => SLOW || at % 6 === 0)
    const naughty = await worldOf(objects)
    expect(endsOf(await (await planOn(naughty)).run({ verify: "head" }))).toEqual([])
    for (const { key, metadata, tags: pairs } of objects) {
      const head = await naughty.plane.head({ bucket: TARGET, owner: OWNER, key })
      expect(head.kind === "ok" && Object.fromEntries(head.value.metadata)).toEqual(
        Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, rawBytes(value)])),
      )
      if (pairs.length === 0) continue
      const { TagSet = [] } = await naughty.s3.send(new GetObjectTaggingCommand({ Bucket: TARGET, Key: key }))
      expect(new Map(TagSet.map((tag) => [tag.Key, tag.Value]))).toEqual(new Map(pairs))
    }
    const parts = await (await planOn(naughty, { to: "parts/", multipartAboveBytes: 1 })).run({ verify: "head" })
    for (const { object, settled } of parts) {
      const { metadata } = objects.find(({ key }) => key === object.key) ?? {}
      const ascii = Object.values(metadata ?? {}).every((value) => /^[\t\x20-\x7e]*$/.test(value))
      expect([object.key, settled.kind === "skipped" ? settled.why : settled.kind]).toEqual([
        object.key,
        ascii ? "done" : "UNSUPPORTED_METADATA",
      ])
    }
    expect(new Set(parts.map(({ settled }) => settled.kind))).toEqual(new Set(["done", "skipped"]))
  })

  it("that are no tags are refused by S3, not changed into others", async () => {
    const naughty = await worldOf([])
    const refused = [...NAUGHTY_CLASSES.values()].flatMap((texts) =>
      texts.filter((text) => !isTagText(text)).slice(0, 1),
    )
    for (const tag of refused) {
      const Tagging = `t=${encodeURIComponent(tag)}`
      const put = naughty.s3.send(new PutObjectCommand({ Bucket: SOURCE, Key: "k", Body: "x", Tagging }))
      await expect(put, JSON.stringify(tag)).rejects.toMatchObject({ name: "InvalidTag" })
    }
  })
})

it("metadata that no header can carry is refused by name in parts, whatever told it", async () => {
  const wrong: string[] = []
  for (const value of NAUGHTY) {
    const own = routeWorld({ context: { copyLimitBytes: 1 } })
    const source = own.s3.put("live", "data/a", { bytes: "ab", metadata: new Map([["m", value]]) })
    const { story } = await restoreOne(own, planned(source))
    const copied = own.s3.current("copies", "restored/a")?.metadata.get("m")
    const good = /^[\t\x20-\x7e]*$/.test(value)
      ? story.join() === "done answer" && copied === value
      : story.join() === "skipped UNSUPPORTED_METADATA" && copied === undefined
    if (!good) wrong.push(`${JSON.stringify(value)}: ${story.join()}`)
  }
  expect(wrong).toEqual([])
})

describe("naughty strings on a terminal", () => {
  /** What could move the cursor, set a title, turn the reading direction or hide itself. */
  const HOSTILE =
    /\p{Cc}|[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u
  const LOOKS = [true, false].map((utf8) => ({ live: false, colour: false, utf8 }))

  it("are harmless in every line about a restore", () => {
    const told = (type: string, data: object): string[] =>
      LOOKS.map(
        (look) => eventLine({ type, data, at: "", mono: 0, run: "r", seq: 0 } as unknown as DrEvent, look) ?? "",
      )
    const sums = { listed: 1, done: 0, failed: 1, skipped: 0, unknown: 0, durationMs: 1 }
    const joined = { matched: 0, missing: 1, different: 0, extra: 0, appeared: 0, vanished: 0, changed: 0 }
    const hostile = NAUGHTY.flatMap((text) => [
      ...told("restore.part", { part: text, operation: "copy", source: text, destination: text, keyArn: text }),
      ...told("restore.part", { part: text, operation: "rekey", source: text, destination: text, keyArn: text }),
      ...["failed", "skipped", "unknown"].flatMap((result) =>
        told("restore.object", { part: text, object: text, result, why: text, message: text }),
      ),
      ...told("restore.pace", { limit: "partition", name: text, perSecond: 1, why: text }),
      ...told("restore.reconciled", { part: text, ...joined }),
      ...told("restore.finished", { part: text, ...sums }),
    ]).filter((line) => HOSTILE.test(line))
    expect(hostile.map((line) => JSON.stringify(line))).toEqual([])
  })

  it("are harmless in JSON and mean the same to who parses it", () => {
    for (const text of NAUGHTY) {
      const line = jsonLine({ [`k${text}`]: [text] })
      expect(line).not.toMatch(HOSTILE)
      expect(JSON.parse(line)).toEqual({ [`k${text}`]: [text] })
      expect(display(text, 10_000)).not.toMatch(HOSTILE)
    }
  })
})

/** The SDK sends text as UTF-8 and signs the byte A0 as if it were a blank. */
const canBeSigned = (text: string): boolean => !rawBytes(text).includes("\u00a0")

function inTens<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / 10) }, (_, at) => list.slice(at * 10, at * 10 + 10))
}
