import { afterEach, describe, expect, it } from "vitest"
import { pagesOf } from "../../../src/restore/listing/list-page.ts"
import { listSharded } from "../../../src/restore/listing/sharded-lister.ts"
import type { ListedObject } from "../../../src/restore/objects.ts"
import { OWNER, planeOn, REGION, SOURCE } from "../../aws/wire/wire-world.ts"
import { objectsPage, versionsPage, type Row } from "../../aws/wire/pages.ts"
import { recordingServer } from "../../aws/wire/recording-server.ts"
import { virtualTime } from "../support/virtual-time.ts"

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const row = (key: string, more: Partial<Row> = {}): Row => ({
  key,
  sizeBytes: 7,
  modifiedAt: 1_763_258_400_000,
  etag: '"9b2cf535f27731c974343645a3985328"',
  storageClass: "STANDARD",
  ...more,
})
const GOOD = objectsPage([row("a"), row("b")], { bucket: SOURCE })

/** The whole listing of a server that answers everything with this body, and how often it was asked. */
async function listAll(body: string, of: "objects" | "versions" = "objects") {
  const server = await recordingServer(() => ({ status: 200, headers: {}, body }))
  const plane = planeOn(server.endpoint, { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" })
  ends.push(
    () => server.close(),
    () => plane.close(),
  )
  const place = { bucket: SOURCE, prefix: "", owner: OWNER, region: REGION }
  const { clock } = virtualTime()
  const deps = {
    clock: { ...clock, sleep: async () => undefined },
    random: () => 0.5,
    signal: new AbortController().signal,
  }
  const running = listSharded(deps, { list: pagesOf(plane, place, of), prefix: "", listers: 2 })
  const objects: ListedObject[] = []
  for (let page = await running.next(); page !== undefined; page = await running.next()) objects.push(...page.objects)
  return { keys: objects.map(({ key }) => key), asked: server.requests.length }
}

describe("2: a page of a listing", () => {
  it("that is right is taken", async () => {
    expect(await listAll(GOOD)).toEqual({ keys: ["a", "b"], asked: 1 })
  })

  it("without objects is an empty place only when it says so itself", async () => {
    expect(await listAll(objectsPage([], { bucket: SOURCE }))).toEqual({ keys: [], asked: 1 })
  })

  it.each([
    ["nothing at all", ""],
    ["blanks", " \n"],
    ["HTML", "<html><body>Welcome</body></html>"],
    ["a cut body", GOOD.slice(0, -40)],
    ["another document", "<ListAllMyBucketsResult></ListAllMyBucketsResult>"],
    ["an error inside", "<Error><Code>InternalError</Code><Message>We</Message></Error>"],
    ["another bucket", GOOD.replace(SOURCE, "wire-other")],
    ["another prefix", GOOD.replace(/<Prefix>.*?<\/Prefix>|<Prefix\/>/, "<Prefix>x</Prefix>")],
    ["fewer keys than it counts", GOOD.replace("<KeyCount>2<", "<KeyCount>3<")],
    ["keys out of order", objectsPage([row("b"), row("a")], { bucket: SOURCE })],
    ["one key twice", objectsPage([row("a"), row("a")], { bucket: SOURCE })],
    ["UTF-16 order", objectsPage([row("\u{1F600}"), row("\uff5e")], { bucket: SOURCE })],
    ["no word on whether there is more", GOOD.replace(/<IsTruncated>.*?<\/IsTruncated>/, "")],
    ["more to come and no object", objectsPage([], { bucket: SOURCE, truncated: true })],
  ])("with %s ends the listing with an error: never fewer objects than there are", async (_what, body) => {
    await expect(listAll(body)).rejects.toMatchObject({ code: expect.stringMatching(/^E_LISTING/) as string })
  })

  it.each([
    ["HTML", "<html></html>"],
    ["a version without an id", versionsPage([row("a", { versionId: "", current: true })], { bucket: SOURCE })],
    [
      "keys out of order",
      versionsPage([row("b", { versionId: "1" }), row("a", { versionId: "2" })], { bucket: SOURCE }),
    ],
  ])("of versions with %s does, too", async (_what, body) => {
    await expect(listAll(body, "versions")).rejects.toMatchObject({
      code: expect.stringMatching(/^E_LISTING/) as string,
    })
  })
})

describe("4: encoding-type=url", () => {
  it.each(["+", "%20"] as const)("is decoded strictly, with %s for a blank", async (blank) => {
    const keys = ["%", "+", "a b", "a+b", "a%20b", "\u00e9", "\u{1F600}"].toSorted()
    const body = objectsPage(
      keys.map((key) => row(key)),
      { bucket: SOURCE },
      { blank, owner: false, checksums: false, indent: false, turn: 0 },
    )
    expect((await listAll(body)).keys).toEqual(keys)
  })

  it.each(["%", "%2", "%zz", "%ff", "%c3%28", "%ed%a0%80"])(
    "with %s in a key ends the listing: no key is guessed or skipped",
    async (bad) => {
      const body = GOOD.replace("<Key>b<", `<Key>b${bad}<`)
      await expect(listAll(body)).rejects.toMatchObject({ code: "E_LISTING_INVALID" })
    },
  )
})
