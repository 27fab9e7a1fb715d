import { timingSafeEqual } from "node:crypto"
import { SECOND, type Millis } from "../../kernel/units.ts"
import type { CallError, Outcome } from "../data-plane.ts"
import type { RestoreDeps } from "../ports.ts"
import type { Entry } from "./entry.ts"
import type { RewrapKms, RewrapPace } from "./ports.ts"
import type { RewrapPlan } from "./rewrap-plan.ts"
import { judge, verdictOf, type KeyResult } from "./verdict.ts"

export interface KeyDeps extends Pick<RestoreDeps, "clock" | "random" | "signal"> {
  readonly kms: RewrapKms
  readonly pace: RewrapPace
  /** Called when KMS has answered anything that says it is well. */
  readonly alive: () => void
  /** Called before something is sent again: throws when it has gone on for too long. */
  readonly again: (error: CallError) => void
}

/** One key of the input, until its fate is known. @throws the signal's reason while it waits, and what `again` throws */
export async function rewrapKey(deps: KeyDeps, plan: RewrapPlan, entry: Entry): Promise<KeyResult> {
  const { from, to } = plan
  const { ciphertext, context } = entry
  const answer = await persistent(deps, () => deps.kms.reEncrypt({ ciphertext, from, to, context }))
  if (answer.kind === "error") return resultOf(answer.error)
  const result = judge(answer.value, from, to)
  if (plan.verify === "answer" || result.kind !== "done") return result
  return compared(deps, plan, entry, result)
}

/** Opens both sides. That they could not be opened is not known to be a fault of the new one. */
async function compared(
  deps: KeyDeps,
  plan: RewrapPlan,
  { ciphertext, context }: Entry,
  made: KeyResult & { readonly kind: "done" },
): Promise<KeyResult> {
  const open: Buffer[] = []
  try {
    for (const side of [
      { ciphertext, keyArn: plan.from },
      { ciphertext: made.ciphertext, keyArn: plan.to },
    ]) {
      const answer = await persistent(deps, () => deps.kms.decrypt({ ...side, context }))
      if (answer.kind === "ok") open.push(answer.value)
      else if (verdictOf(answer.error) === "refused") return resultOf(answer.error)
      else return { kind: "unknown", code: answer.error.code, message: `not compared: ${answer.error.message}` }
    }
    const [before, after] = open
    const same = before !== undefined && after?.length === before.length && timingSafeEqual(before, after)
    return same ? made : { kind: "failed", code: "DIFFERENT_KEY", message: "it opens to another data key than before" }
  } finally {
    for (const bytes of open) bytes.fill(0)
  }
}

function resultOf(error: CallError): KeyResult {
  return verdictOf(error) === "failed"
    ? { kind: "failed", code: error.code, message: error.message }
    : { kind: "refused", error }
}

/** Sends until the answer is no reason to send again. A throttled call keeps the pace; any other waits a little longer each time. */
async function persistent<T>(deps: KeyDeps, send: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  let pause: Millis = 0
  for (;;) {
    const ticket = await deps.pace.turn()
    const answer = await send()
    const verdict = answer.kind === "ok" ? "ok" : verdictOf(answer.error)
    deps.pace.ended(ticket, verdict === "throttled" ? "throttled" : verdict === "again" ? "neutral" : "ok")
    if (answer.kind === "ok" || (verdict !== "again" && verdict !== "throttled")) {
      deps.alive()
      return answer
    }
    deps.again(answer.error)
    if (verdict === "again") {
      pause = Math.min(20 * SECOND, 200 + (Math.max(200, 3 * pause) - 200) * deps.random())
      await deps.clock.sleep(pause, deps.signal)
    }
  }
}
