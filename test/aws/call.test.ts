import { describe, expect, it } from "vitest"
import { callAws } from "../../src/aws/call.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"

describe("a call that nobody answers", () => {
  it("ends at its deadline, is told as such, and counts as unreachable", async () => {
    const names: unknown[] = []
    const deps = {
      clock: { ...systemClock, sleep: async () => undefined },
      emit: (_: unknown, data: unknown) => void names.push((data as { awsCode?: string }).awsCode),
      signal: new AbortController().signal,
    }
    // As the SDK says it: the name of the reason is lost.
    const swallowed = (abort: AbortSignal): Promise<never> =>
      new Promise((_, reject) => {
        const fail = (): void => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }))
        abort.addEventListener("abort", fail)
      })
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
