import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { setImmediate } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { callAws } from "../../src/aws/call.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"

/** Runs the garbage collector, which a test must ask for by flag. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc")
  ;(runInNewContext("gc") as () => void)()
}

/** As the SDK waits: with a listener, and for ever when nothing aborts. It loses the name of the reason. */
const swallowed = (abort: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }))
    abort.addEventListener("abort", fail)
  })

describe("a call that nobody answers", () => {
  it("ends at its deadline also when the garbage collector runs meanwhile", async () => {
    const signal = new AbortController().signal
    const deps = { clock: systemClock, emit: () => undefined, signal }
    const asked = callAws(deps, { service: "kms", operation: "ListAliases" }, swallowed, {
      subject: "the aliases",
      deadlineMs: 50,
      attempts: 1,
    })
    const ended = expect(asked).rejects.toMatchObject({ code: "E_AWS_UNREACHABLE" })
    await setImmediate()
    collectGarbage()
    await ended
  })

  it("is given up after fewer attempts than one that gets errors, where the caller says so", async () => {
    const signal = new AbortController().signal
    const patience = { deadlineMs: 10, attempts: 6, unanswered: 2 }
    const deps = { clock: { ...systemClock, sleep: async () => undefined }, emit: () => undefined, signal, patience }
    let sent = 0
    const send = async (abort: AbortSignal): Promise<never> => {
      sent++
      if (sent === 2) throw Object.assign(new Error("slow down"), { name: "ThrottlingException" })
      return swallowed(abort)
    }
    const asked = callAws(deps, { service: "kms", operation: "ListAliases" }, send, { subject: "the aliases" })
    await expect(asked).rejects.toMatchObject({ code: "E_AWS_UNREACHABLE" })
    expect(sent).toBe(3)
  })

  it("ends at its deadline, is told as such, and counts as unreachable", async () => {
    const names: unknown[] = []
    const deps = {
      clock: { ...systemClock, sleep: async () => undefined },
      emit: (_: unknown, data: unknown) => void names.push((data as { awsCode?: string }).awsCode),
      signal: new AbortController().signal,
    }
    const asked = callAws(deps, { service: "sts", operation: "GetCallerIdentity", region: "eu-west-1" }, swallowed, {
      subject: "the caller",
      deadlineMs: 20,
      attempts: 2,
    })
    await expect(asked).rejects.toMatchObject({
      code: "E_AWS_UNREACHABLE",
      message:
        "sts:GetCallerIdentity on the caller failed: TimeoutError: no answer from eu-west-1 within 0.02 s, asked 2 times",
    })
    expect(names).toEqual(["TimeoutError", "TimeoutError"])
  })
})
