import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isAccountId, isBucketName, isRegionName, makeRunId, isRunId } from "../../src/kernel/brands.ts"
import { compareKeys } from "../../src/kernel/byte-order.ts"
import { canonicalJson } from "../../src/kernel/canonical-json.ts"
import { forEachBounded, mapBounded } from "../../src/kernel/concurrency.ts"
import { digestOf } from "../../src/kernel/digest.ts"
import { display } from "../../src/kernel/display.ts"
import { formatDuration, parseDuration } from "../../src/kernel/duration.ts"
import { eventStream } from "../../src/kernel/events.ts"
import { redact } from "../../src/kernel/redact.ts"

describe("durations", () => {
  it.each([
    [0, "0 ms"],
    [840, "840 ms"],
    [41_250, "41.2 s"],
    [12 * 60_000 + 41_000, "12 min 41 s"],
    [109 * 60_000, "1 h 49 min"],
    [240.5 * 60_000, "4 h 00 min 30 s"],
    [4 * 3_600_000, "4 h 00 min"],
    [(6 * 24 + 22) * 3_600_000, "6 d 22 h"],
  ])("%d ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text))

  it.each([
    ["4h", 14_400_000],
    ["90 min", 5_400_000],
    ["1h30m", 5_400_000],
    ["30d", 2_592_000_000],
  ])("%s is understood", (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(["", "4", "h", "-4h", "4 hours", "4h junk", "0h", "4h-"])("%j is refused", (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  )
})

describe("canonical JSON", () => {
  it("sorts members, drops undefined, keeps arrays", () => {
    expect(canonicalJson({ b: [1, "ü", null], a: { z: 0, y: undefined } })).toBe('{"a":{"z":0},"b":[1,"ü",null]}')
  })
  it("gives the same digest whatever the order of members", () => {
    expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
    expect(digestOf({})).toBe("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
  })
  it("refuses what JSON cannot carry", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, "\ud800"])
      expect(() => canonicalJson(value)).toThrow(TypeError)
  })
  it("reads back as the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe("the order of S3 keys", () => {
  it("is that of UTF-8 bytes, not of UTF-16 units", () => {
    expect(compareKeys("\uff5e", "😀")).toBeLessThan(0)
    const sortedByUnits = ["\uff5e", "😀"].toSorted() // what plain sorting does
    expect(sortedByUnits).toEqual(["😀", "\uff5e"])
  })
  it("is total and agrees with the bytes", () => {
    const key = fc.string({ unit: "grapheme" })
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareKeys(a, b)) + Math.sign(compareKeys(b, a))).toBe(0)
        expect(compareKeys(a, b) === 0).toBe(a === b)
      }),
    )
  })
  it("is Buffer's order for every text, also around the surrogates", () => {
    const key = fc.string({
      unit: fc.constantFrom("a", "é", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"),
      maxLength: 4,
    })
    fc.assert(
      fc.property(key, key, key, (same, a, b) => {
        const bytes = Buffer.compare(Buffer.from(same + a), Buffer.from(same + b))
        expect(Math.sign(compareKeys(same + a, same + b))).toBe(bytes)
      }),
      { numRuns: 1000 },
    )
  })
})

describe("bounded concurrency", () => {
  it("never runs more than the limit and pulls no further ahead", async () => {
    let running = 0
    let most = 0
    let done = 0
    let pulled = 0
    function* items(): Iterable<number> {
      for (; pulled < 100;) yield pulled++
    }
    await forEachBounded(items(), 4, async () => {
      most = Math.max(most, ++running)
      expect(pulled).toBeLessThanOrEqual(done + 5)
      await new Promise(setImmediate)
      done++
      running--
    })
    expect(pulled).toBe(100)
    expect(most).toBe(4)
  })
  it("stops pulling after the first failure and throws it", async () => {
    let started = 0
    const failing = forEachBounded(Array.from({ length: 1000 }), 2, async () => {
      started++
      throw new Error("first")
    })
    await expect(failing).rejects.toThrow("first")
    expect(started).toBeLessThan(10)
  })
  it("throws the signal's reason", async () => {
    const abort = new AbortController()
    abort.abort(new Error("stopped"))
    await expect(forEachBounded([1], 1, async () => undefined, abort.signal)).rejects.toThrow("stopped")
  })
  it("keeps results in the order of the items", async () => {
    expect(await mapBounded([3, 1, 2], 2, async (n) => n * 10)).toEqual([30, 10, 20])
  })
})

describe("untrusted text", () => {
  const hostile = [
    "\u001b[2K\rDRILL PASSED",
    "\u001b]0;title\u0007",
    "a\u202egnp.exe",
    "\u2066x\u2069",
    "a\nb",
    "\u0085",
    "\u200b",
    "\ud800",
    "\u007f",
  ]
  it.each(hostile)("%j cannot move the cursor or turn the direction", (text) => {
    const shown = display(text)
    expect(shown).toContain("\\u{")
    // oxlint-disable-next-line no-control-regex -- these are the characters that must be gone
    expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/)
  })
  it("leaves ordinary names alone", () => expect(display("acme/ü c+d%/😀.tsdb.gz")).toBe("acme/ü c+d%/😀.tsdb.gz"))
  it("cuts what is too long and says so", () =>
    expect(display("x".repeat(600), 10)).toBe("xxxxxxxxxx… (600 characters)"))
})

describe("redaction", () => {
  it.each([
    ["key AKIAIOSFODNN7EXAMPLE used", "AKIAIOSFODNN7EXAMPLE"],
    ["https://x/?X-Amz-Signature=abcdef0123&y=1", "abcdef0123"],
    ['{"SessionToken":"FwoGZXIvYXdz"}', "FwoGZXIvYXdz"],
    ["AGE-SECRET-KEY-1QQQQQQ", "1QQQQQQ"],
    ["age-secret-key-pq-1qqqqqq", "1qqqqqq"],
    ["DR-ESCROW-SHARE-1:q83v", "q83v"],
    ["key 3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs= is wrong", "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs="],
    ["3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsc", "3q2+7wABAgM"],
  ])("%s", (text, secret) => expect(redact(text)).not.toContain(secret))

  it.each([
    "0123456789abcdef0123456789abcdef0123456789ab", // 44 characters of hex
    "/data/drstate/projects/recovery/state/folder",
    "arn:aws:kms:eu-central-1:111111111111:key/mrk-1234abcd12ab34cd56ef1234567890ab",
    "2f7f4dca6cd4a1d1b3fd2b51f1a9cbb9ad3ba0e4c6b7c8f3bd4a6fcf1ad8f2b0",
    "9AxLS9OoYWBkFkT4nxpSgLZgs5UpM7UZ0xTYVhXfuJBsc1rG6fpRTgqQvTSo6kqf6YJ4MGYDKRk=", // an extended request id of S3
  ])("leaves %s", (text) => expect(redact(`see ${text} there`)).toBe(`see ${text} there`))
})

describe("brands", () => {
  it("knows account ids, Regions and bucket names", () => {
    expect(isAccountId("012345678901")).toBe(true)
    expect(isAccountId("12345678901")).toBe(false)
    expect(["eu-central-1", "us-gov-west-1", "ap-southeast-2"].every(isRegionName)).toBe(true)
    expect(["eu", "EU-central-1", "eu-central"].some(isRegionName)).toBe(false)
    expect(isBucketName("a.b-c1")).toBe(true)
    expect(["ab", "A-b", "a..b", "1.2.3.4", "-ab", "xn--ab"].some(isBucketName)).toBe(false)
  })
  it("makes run ids that sort by time", () => {
    const id = makeRunId(Date.UTC(2026, 10, 16, 2, 0, 4), new Uint8Array([0x7f, 0x3a]))
    expect(id).toBe("dr-20261116T020004Z-7f3a")
    expect(isRunId(id)).toBe(true)
  })
})

describe("the event stream", () => {
  it("numbers events without a gap and measures on the monotonic clock", () => {
    let wall = Date.UTC(2026, 0, 1)
    let mono = 500
    const stream = eventStream("dr-20260101T000000Z-0000", {
      now: () => wall,
      mono: () => mono,
      sleep: async () => undefined,
    })
    const seen: Array<[number, number, string]> = []
    stream.subscribe((event) => seen.push([event.seq, event.mono, event.at]))
    stream.emit("warning", { message: "one" })
    wall -= 3_600_000
    mono += 20
    stream.emit("warning", { message: "two" })
    expect(seen).toEqual([
      [0, 0, "2026-01-01T00:00:00.000Z"],
      [1, 20, "2025-12-31T23:00:00.000Z"],
    ])
  })
})
