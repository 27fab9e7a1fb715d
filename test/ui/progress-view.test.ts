import { describe, expect, it } from "vitest"
import { eventStream, type EventStream } from "../../src/kernel/events.ts"
import { progressView } from "../../src/ui/progress-view.ts"
import type { ProgressView } from "../../src/ui/view.ts"
import { fakeClock, type FakeClock } from "../support/fake-clock.ts"
import { fakeStream, type FakeStream } from "./fake-stream.ts"

interface Scene {
  readonly stream: FakeStream
  readonly clock: FakeClock
  readonly events: EventStream
  readonly view: ProgressView
  /** Moves time and fires the view's timer as often as it is due. */
  wait(ms: number): void
}

function scene(isTTY: boolean, env: Record<string, string> = {}, columns = 80): Scene {
  const [stream, clock] = [fakeStream(isTTY, columns), fakeClock()]
  let timer: { ms: number; tick: () => void } | undefined
  const view = progressView({
    stream,
    env: { LANG: "C.UTF-8", NO_COLOR: "1", ...env },
    clock,
    every: (ms, tick) => {
      timer = { ms, tick }
      return () => void (timer = undefined)
    },
  })
  const events = eventStream("dr-20261116T020004Z-7f3a", clock)
  events.subscribe(view.reader)
  const wait = (ms: number): void => {
    for (let spent = 1; spent <= ms; spent++) {
      clock.advance(1)
      if (timer !== undefined && spent % timer.ms === 0) timer.tick()
    }
  }
  return { stream, clock, events, view, wait }
}

const begin = ({ events }: Scene, rtoLimitMs?: number): void => {
  events.emit("run.started", {
    kind: "drill",
    env: "prod",
    simulated: false,
    version: "1",
    trigger: "manual",
    ...(rtoLimitMs === undefined ? {} : { rtoLimitMs }),
  })
  events.emit("phase.started", { drill: "loki", phase: "verify", title: "read back" })
}

describe("on a terminal", () => {
  it("shows count, rate, time left and the RTO clock in one line that is redrawn", () => {
    const run = scene(true)
    begin(run, 4 * 3_600_000)
    run.clock.advance(109 * 60_000)
    run.events.emit("progress", { drill: "loki", phase: "verify", done: 6_540, total: 9_810, unit: "objects" })
    run.wait(10_000)
    expect(run.stream.written.at(-1)).toBe(
      "\r\u001b[2K  … verify 6540/9810 objects · 1.0/s, ~54:20 left · 01:49 of 04:00",
    )
  })

  it("is never silent for more than 2 s while a phase runs", () => {
    const run = scene(true)
    begin(run)
    for (let n = 0; n < 20; n++) {
      const before = run.stream.written.length
      run.wait(2_000)
      expect(run.stream.written.length).toBeGreaterThan(before)
    }
  })

  it("is not silent before the first phase: connecting to a Region that is gone takes minutes", () => {
    const run = scene(true)
    run.events.emit("run.started", { kind: "drill", env: "prod", simulated: false, version: "1", trigger: "manual" })
    run.wait(2_000)
    expect(run.stream.written.at(-1)).toContain("… connect")
  })

  it("never wraps, and leaves no live line behind", () => {
    const run = scene(true, {}, 20)
    begin(run)
    run.wait(1_000)
    const drawn = run.stream.written.at(-1) ?? ""
    expect(drawn.slice("\r\u001b[2K".length).length).toBeLessThan(20)
    run.view.close()
    run.view.close()
    expect(run.stream.written.at(-1)).toBe("\r\u001b[2K")
  })
})

describe("in a log", () => {
  it("writes a line for each phase and one every 30 s, and never draws over", () => {
    const run = scene(false)
    begin(run)
    run.clock.advance(20_000)
    run.events.emit("progress", { drill: "loki", phase: "verify", done: 1, total: 6, unit: "objects" })
    run.wait(65_000)
    run.events.emit("phase.finished", {
      drill: "loki",
      phase: "verify",
      result: "failed",
      durationMs: 65_000,
      note: "2 unread",
    })
    run.wait(60_000)
    expect(run.stream.all()).toBe(
      [
        "run dr-20261116T020004Z-7f3a",
        "  … verify 1/6 objects · 3.0/min, ~01:10 left · 00:50",
        "  … verify 1/6 objects · 3.0/min, ~00:40 left · 01:20",
        "  ✕ verify       1 min 5 s · 2 unread",
        "",
      ].join("\n"),
    )
  })

  it("shows hostile names as text", () => {
    const run = scene(false)
    run.events.emit("object.failed", {
      drill: "d",
      object: "a\u001b]0;owned\u0007b",
      step: "read",
      result: "unknown",
      message: "gone\r\nok",
    })
    expect(run.stream.all()).toBe("  ? a\\u{1b}]0;owned\\u{7}b: gone\\u{d}\\u{a}ok\n")
  })

  it("leaves the lines of a long note to the result, and says what to do about a warning", () => {
    const run = scene(false)
    const done = { drill: "loki", phase: "preflight", result: "failed", durationMs: 1_000 } as const
    run.events.emit("phase.finished", { ...done, note: "the role may not\n  read\n  write" })
    run.events.emit("warning", { message: "objects are left", hint: "delete them" })
    expect(run.stream.all()).toBe("  ✕ preflight    1.0 s · the role may not …\n! objects are left\n  delete them\n")
  })

  it("TERM=dumb is a log too, and a Latin-1 locale gets ASCII marks", () => {
    const run = scene(true, { TERM: "dumb", LANG: "de_DE.ISO-8859-1" })
    begin(run)
    run.events.emit("phase.finished", { drill: "loki", phase: "verify", result: "ok", durationMs: 2_000 })
    run.wait(1_000)
    expect(run.stream.all()).toContain("  ok verify")
    // oxlint-disable-next-line no-control-regex -- nothing else may be written there
    expect(run.stream.all()).toMatch(/^[\u0000-\u007f]*$/)
    expect(run.stream.all()).not.toContain("\r")
  })
})
