import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { DrError } from "../../../src/kernel/errors.ts"
import { MOST_LINE_BYTES } from "../../../src/restore/rewrap/input-lines.ts"
import { rewrap, type RewrapReport } from "../../../src/restore/rewrap/rewrap.ts"
import type { RewrapPlan } from "../../../src/restore/rewrap/rewrap-plan.ts"
import {
  callError,
  fakeKms,
  freePace,
  FROM,
  Life,
  MemoryDisk,
  quickDeps,
  TO,
  wrapped,
  type FakeKms,
} from "./rewrap-world.ts"

const PLAN: RewrapPlan = { from: FROM, to: TO, maxInFlight: 4, verify: "answer" }

const run = (
  disk: MemoryDisk,
  {
    kms = fakeKms(),
    plan = PLAN,
    life = new Life(),
    deps = quickDeps(),
  }: {
    kms?: FakeKms
    plan?: RewrapPlan
    life?: Life
    deps?: ReturnType<typeof quickDeps>
  } = {},
): Promise<RewrapReport> => rewrap(deps, plan, { kms, files: disk.files(life), pace: freePace }, 0)

const entry = (id: string | number, more: object = {}): string =>
  JSON.stringify({ id, ciphertext: wrapped("old", `key of ${id}`), ...more })
const lines = (text: string): { [field: string]: unknown }[] =>
  text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as { [field: string]: unknown }]))
const failures = (disk: MemoryDisk): unknown[] => lines(disk.text("failed")).map((line) => line["rewrapFailure"])
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const thrown: unknown = await work.then(
    () => "no error",
    (error: unknown) => error,
  )
  return thrown instanceof DrError ? thrown.code : String(thrown)
}

describe("rewrap", () => {
  it("re-encrypts in the order of the input and carries everything else through, digit by digit", async () => {
    const context = { tenant: "aü", __proto__: "x" }
    const odd = `{ "big": 12345678901234567890, "__proto__" : {"x":[1,{"y":"}"}]} ,"ciphertext":"${wrapped("old", "k0", { t: "1" })}","e":1.50,"context":{"t":"1"}}`
    const disk = new MemoryDisk(
      [odd, entry("a", { ciphertext: wrapped("old", "k1", context), context }), entry(7)].join("\n"),
    )
    const { counts } = await run(disk)
    expect(counts).toEqual({ listed: 3, done: 3, failed: 0, unknown: 0 })
    const [first = "", second = "", third = ""] = disk.text("out").split("\n")
    expect(first).toBe(
      `{"big": 12345678901234567890,"__proto__" : {"x":[1,{"y":"}"}]},"ciphertext":"${wrapped("new", "k0", { t: "1" })}","e":1.50,"context":{"t":"1"},"keyArn":"${TO}"}`,
    )
    expect(JSON.parse(second)).toMatchObject({ id: "a", ciphertext: wrapped("new", "k1", context) })
    expect(JSON.parse(third)).toEqual({ id: 7, ciphertext: wrapped("new", "key of 7"), keyArn: TO })
  })

  it.each<[string, string, string, string]>([
    ["no JSON", "{oops", "NOT_JSON", "1"],
    ["no object", `["a"]`, "NOT_AN_OBJECT", "1"],
    ["no ciphertext", `{"id":"a"}`, "BAD_FIELD", "a"],
    ["an empty ciphertext", `{"id":"a","ciphertext":""}`, "BAD_FIELD", "a"],
    ["no base64", `{"id":"a","ciphertext":"a b="}`, "BAD_FIELD", "a"],
    ["too long for KMS", `{"id":"a","ciphertext":"${"AAAA".repeat(2049)}"}`, "BAD_FIELD", "a"],
    ["a context of numbers", `{"ciphertext":"AAAA","context":{"n":1}}`, "BAD_FIELD", "1"],
    ["a context that is a list", `{"ciphertext":"AAAA","context":[]}`, "BAD_FIELD", "1"],
    ["an id that is an object", `{"id":{},"ciphertext":"AAAA"}`, "BAD_FIELD", "1"],
    ["two ciphertexts", `{"id":"a","ciphertext":"AAAA","ciphertext":"AAAB"}`, "BAD_FIELD", "a"],
    ["the prototype's fields", `{"id":"a","__proto__":{"ciphertext":"AAAA"}}`, "BAD_FIELD", "a"],
    ["another context", entry("a", { context: { not: "its own" } }), "InvalidCiphertextException", "a"],
    ["another key", entry("a", { ciphertext: wrapped("new", "k") }), "IncorrectKeyException", "a"],
  ])("names a line with %s, and goes on", async (_what, bad, code, id) => {
    const disk = new MemoryDisk(`${bad}\n\n${entry("good")}\n`)
    const deps = quickDeps()
    const { counts } = await run(disk, { deps })
    expect(counts).toEqual({ listed: 2, done: 1, failed: 1, unknown: 0 })
    expect(failures(disk)).toMatchObject([{ line: 1, result: "failed", code }])
    expect(deps.events.find(([type]) => type === "restore.object")?.[1]).toMatchObject({ object: id, why: code })
    expect(lines(disk.text("out"))).toMatchObject([{ id: "good" }])
  })

  it("passes over a line of 10 MB and one that is no UTF-8 by their numbers", async () => {
    const long = Buffer.from(entry("long", { more: "x".repeat(10 * MOST_LINE_BYTES) }))
    const torn = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])
    const disk = new MemoryDisk(Buffer.concat([long, Buffer.from("\n"), torn, Buffer.from(`\n${entry("good")}`)]))
    disk.chunkBytes = 65_536
    const { counts } = await run(disk)
    expect(counts).toEqual({ listed: 3, done: 1, failed: 2, unknown: 0 })
    expect(failures(disk)).toMatchObject([
      { line: 1, code: "LINE_TOO_LONG" },
      { line: 2, code: "NOT_UTF8" },
    ])
  })

  it("lists nothing in an empty file", async () => {
    for (const input of ["", "\n\n  \n"])
      expect((await run(new MemoryDisk(input))).counts).toEqual({ listed: 0, done: 0, failed: 0, unknown: 0 })
  })

  it("takes the file of failures as the next input", async () => {
    const disk = new MemoryDisk(`${entry("a", { n: 1 })}\n${entry("b")}\n`)
    await run(disk, { kms: fakeKms(new Life(), (nth) => (nth === 0 ? { keyArn: FROM } : undefined)) })
    expect(failures(disk)).toMatchObject([{ line: 1, code: "WRONG_KEY" }])
    const again = new MemoryDisk(disk.text("failed"))
    await run(again)
    expect(lines(again.text("out"))).toEqual([{ id: "a", ciphertext: wrapped("new", "key of a"), n: 1, keyArn: TO }])
  })

  it.each<[object, string]>([
    [{ keyArn: FROM }, "WRONG_KEY"],
    [{ keyArn: "" }, "WRONG_KEY"],
    [{ sourceKeyArn: `${FROM}x` }, "WRONG_SOURCE_KEY"],
    [{ ciphertext: "" }, "NO_CIPHERTEXT"],
    [{ ciphertext: "<html>" }, "NO_CIPHERTEXT"],
  ])("believes no answer with %j", async (broken, code) => {
    const disk = new MemoryDisk(entry("a"))
    const { counts } = await run(disk, { kms: fakeKms(new Life(), () => broken) })
    expect(counts).toMatchObject({ done: 0, failed: 1 })
    expect(failures(disk)).toMatchObject([{ code }])
    expect(disk.text("out")).toBe("")
  })

  it("compares both sides with --verify decrypt, and wipes what it compared", async () => {
    const disk = new MemoryDisk([entry("a"), entry("b"), entry("c")].join("\n"))
    const swapped = (_nth: number, plaintext: string) =>
      plaintext === "key of b" ? { ciphertext: wrapped("new", "key of a") } : undefined
    const kms = fakeKms(new Life(), swapped)
    const { counts } = await run(disk, { kms, plan: { ...PLAN, verify: "decrypt" } })
    expect(counts).toEqual({ listed: 3, done: 2, failed: 1, unknown: 0 })
    expect(failures(disk)).toMatchObject([{ line: 2, code: "DIFFERENT_KEY" }])
    expect(kms.decrypted).toHaveLength(6)
    expect(kms.decrypted.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true)
    for (const name of ["out", "failed", "marks"] as const) expect(disk.text(name)).not.toContain("key of")
  })

  it("calls unknown what could not be compared", async () => {
    const disk = new MemoryDisk(entry("a"))
    const kms = fakeKms()
    kms.decrypt = () => Promise.resolve({ kind: "error", error: callError("refused", "InvalidCiphertextException") })
    const { counts } = await run(disk, { kms, plan: { ...PLAN, verify: "decrypt" } })
    expect(counts).toEqual({ listed: 1, done: 0, failed: 0, unknown: 1 })
    expect(failures(disk)).toMatchObject([{ result: "unknown", code: "InvalidCiphertextException" }])
  })

  it("loses no key to throttling, resets and broken answers", async () => {
    const input = Array.from({ length: 200 }, (_, id) => entry(id)).join("\n")
    const disk = new MemoryDisk(input)
    const kinds = [
      callError("kms-throttled", "ThrottlingException"),
      callError("transient", "ECONNRESET", true),
      callError("broken", "E_ANSWER"),
    ]
    const kms = fakeKms(new Life(), (nth) => (nth % 3 === 0 ? kinds[(nth / 3) % 3] : undefined))
    expect((await run(disk, { kms })).counts).toEqual({ listed: 200, done: 200, failed: 0, unknown: 0 })
    expect(lines(disk.text("out")).map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, id) => id))
    expect(kms.mostInFlight).toBeLessThanOrEqual(PLAN.maxInFlight)
  })

  it.each([
    ["access-denied", "AccessDeniedException", "E_AWS_ACCESS_DENIED", 77],
    ["key-state", "DisabledException", "E_KEY_STATE", 1],
    ["not-found", "NotFoundException", "E_AWS", 1],
    ["credentials", "UnrecognizedClientException", "E_CREDENTIALS", 77],
  ] as const)("stops on %s within a few requests and writes none of them down", async (kind, code, told, exit) => {
    const disk = new MemoryDisk(Array.from({ length: 500 }, (_, id) => entry(id)).join("\n"))
    const kms = fakeKms(new Life(), (nth) => (nth >= 100 ? callError(kind, code) : undefined))
    const error = await run(disk, { kms }).then(
      () => undefined,
      (thrown: unknown) => thrown as DrError,
    )
    expect(error).toMatchObject({ code: told, exit })
    expect(error?.message).toContain("kms:ReEncrypt")
    expect(error?.message).toContain(FROM)
    expect(kms.sent).toBeLessThan(100 + 5 + PLAN.maxInFlight)
    expect([lines(disk.text("out")).length, disk.text("failed")]).toEqual([100, ""])
    expect((await run(disk)).counts).toEqual({ listed: 500, done: 500, failed: 0, unknown: 0 })
  })

  it("stops also where fewer keys than that were all refused", async () => {
    const disk = new MemoryDisk([entry("a"), entry("b")].join("\n"))
    const denied = fakeKms(new Life(), () => callError("access-denied", "AccessDeniedException"))
    expect(await codeOf(run(disk, { kms: denied }))).toBe("E_AWS_ACCESS_DENIED")
    expect((await run(disk)).counts).toMatchObject({ done: 2, failed: 0 })
  })

  it("names single keys that are refused between others", async () => {
    const disk = new MemoryDisk(Array.from({ length: 50 }, (_, id) => entry(id)).join("\n"))
    const denied = callError("access-denied", "AccessDeniedException")
    const kms = fakeKms(new Life(), (_nth, plaintext) => (/[37]$/.test(plaintext) ? denied : undefined))
    expect((await run(disk, { kms })).counts).toEqual({ listed: 50, done: 40, failed: 10, unknown: 0 })
  })

  it("gives up, resumable, when nothing but errors comes", async () => {
    const kms = fakeKms(new Life(), () => callError("transient", "ECONNREFUSED"))
    expect(await codeOf(run(new MemoryDisk(entry("a")), { kms }))).toBe("E_REWRAP_STALLED")
  })

  it("ends what was sent after Ctrl-C, and goes on with the same call", async () => {
    const disk = new MemoryDisk(Array.from({ length: 300 }, (_, id) => entry(id)).join("\n"))
    const abort = new AbortController()
    const kms = fakeKms(new Life(), (nth) => (nth === 120 ? (abort.abort(new Error("Ctrl-C")), undefined) : undefined))
    expect(await codeOf(run(disk, { kms, deps: quickDeps(abort.signal) }))).toBe("Error: Ctrl-C")
    expect(lines(disk.text("out"))).toHaveLength(kms.sent)
    const rest = fakeKms()
    expect((await run(disk, { kms: rest })).counts).toMatchObject({ listed: 300, done: 300 })
    expect(kms.sent + rest.sent).toBe(300)
  })

  it("stops with 75 on a full disk, and goes on when there is room", async () => {
    const disk = new MemoryDisk(Array.from({ length: 300 }, (_, id) => entry(id)).join("\n"))
    const files = disk.files()
    let writes = 0
    const full = {
      ...files,
      open: (name: "out" | "failed" | "marks") => {
        const file = files.open(name)
        const append = (bytes: Buffer): void => {
          if (writes++ > 8) throw Object.assign(new Error("no space"), { code: "ENOSPC" })
          file.append(bytes)
        }
        return { ...file, append }
      },
    }
    const failing = rewrap(quickDeps(), PLAN, { kms: fakeKms(), files: full, pace: freePace }, 0)
    await expect(failing).rejects.toMatchObject({ code: "E_REWRAP_WRITE", exit: 75 })
    expect((await run(disk)).counts).toMatchObject({ listed: 300, done: 300 })
  })
})

describe("a rewrap that goes on", () => {
  const thousand = Array.from({ length: 60 }, (_, id) =>
    id % 7 === 3 ? `{"id":${id}}` : id % 11 === 5 ? "" : entry(id, { context: {}, n: id }),
  ).join("\n")

  it("is finished already when all is done", async () => {
    const disk = new MemoryDisk(thousand)
    const first = await run(disk)
    const kms = fakeKms()
    expect(await run(disk, { kms })).toEqual({ ...first, before: first.counts })
    expect(kms.sent).toBe(0)
  })

  it("has the same result after any kills as without", async () => {
    const whole = new MemoryDisk(thousand)
    const { counts } = await run(whole)
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.integer({ min: 0, max: 250 }),
            fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 3, maxLength: 3 }),
          ),
          { maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 700 }),
        fc.boolean(),
        async (kills, chunkBytes, final) => {
          const input = final ? `${thousand}\n` : thousand
          const disk = new MemoryDisk(input)
          disk.chunkBytes = chunkBytes
          let sent = 0
          for (const [operations, keeps] of kills) {
            const life = new Life(operations)
            const kms = fakeKms(life)
            await run(disk, { life, kms }).catch((error: unknown) => {
              if (
                !(error instanceof DrError && error.code === "E_REWRAP_WRITE") &&
                (error as Error).message !== "killed"
              )
                throw error
            })
            sent += kms.sent
            const kept = [...keeps]
            disk.powerCut(() => kept.shift() ?? 0)
          }
          const last = await run(disk)
          expect(last.counts).toEqual(counts)
          for (const name of ["out", "failed"] as const) expect(disk.text(name)).toBe(whole.text(name))
          expect(sent).toBeLessThanOrEqual(60 * kills.length)
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each<[string, (disk: MemoryDisk) => void, string]>([
    ["a changed settled line", (disk) => void (disk.input[20] = 0x41), "E_REWRAP_INPUT_CHANGED"],
    ["a shorter input", (disk) => void (disk.input = disk.input.subarray(0, 100)), "E_REWRAP_INPUT_CHANGED"],
    [
      "a last line that grew",
      (disk) => void (disk.input = Buffer.concat([disk.input, Buffer.from("x")])),
      "E_REWRAP_INPUT_CHANGED",
    ],
    ["a flipped bit in the output", (disk) => flip(disk, "out"), "E_REWRAP_OUTPUT_CHANGED"],
    ["a flipped bit in the failures", (disk) => flip(disk, "failed"), "E_REWRAP_OUTPUT_CHANGED"],
    ["a lost output", (disk) => void disk.disks.delete("out"), "E_REWRAP_OUTPUT_CHANGED"],
    ["lost marks", (disk) => void disk.disks.delete("marks"), "E_REWRAP_OUT_EXISTS"],
    ["marks that are none", (disk) => setText(disk, "marks", "{}\n"), "E_REWRAP_MARKS"],
  ])("refuses %s", async (_what, change, code) => {
    const disk = new MemoryDisk(thousand)
    await run(disk)
    change(disk)
    const before = disk.text("out")
    expect(await codeOf(run(disk))).toBe(code)
    expect(disk.text("out")).toBe(before)
  })

  it("refuses other keys", async () => {
    const disk = new MemoryDisk(thousand)
    await run(disk)
    expect(await codeOf(run(disk, { plan: { ...PLAN, to: `${TO}2` as typeof TO } }))).toBe("E_REWRAP_OTHER_PLAN")
  })

  it("touches no file that was there before, however often it is tried", async () => {
    const disk = new MemoryDisk(thousand)
    setText(disk, "out", "precious\n")
    for (let time = 0; time < 3; time++) expect(await codeOf(run(disk))).toBe("E_REWRAP_OUT_EXISTS")
    expect(disk.text("out")).toBe("precious\n")
  })

  it("takes lines that were added at the end", async () => {
    const disk = new MemoryDisk(`${thousand}\n`)
    const { counts } = await run(disk)
    disk.input = Buffer.concat([disk.input, Buffer.from(entry("new"))])
    expect((await run(disk)).counts).toMatchObject({ listed: counts.listed + 1, done: counts.done + 1 })
  })
})

function setText(disk: MemoryDisk, name: "out" | "marks", text: string): void {
  const bytes = Buffer.from(text)
  disk.disks.set(name, { bytes, synced: bytes.length })
}

function flip(disk: MemoryDisk, name: "out" | "failed"): void {
  const file = disk.disks.get(name)
  if (file === undefined) throw new Error(`no ${name}`)
  file.bytes = Buffer.from(file.bytes)
  file.bytes[10] = (file.bytes[10] ?? 0) ^ 1
}
