import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { MINUTE, type Millis } from "../../kernel/units.ts"
import type { CallError } from "../data-plane.ts"
import type { RewrapPlan } from "./rewrap-plan.ts"

/** So many refusals in a row, and the next key would fare the same. */
const IN_A_ROW = 5

/** KMS throttles for seconds, a Region is gone for hours: after this without one good answer the run stops, resumable. */
const PATIENCE_MS: Millis = 10 * MINUTE

/** Decides when a whole run stops. Pure but for what it counts. */
export class StopRules {
  readonly #plan: RewrapPlan
  #inARow = 0
  #aliveAt: Millis

  constructor(plan: RewrapPlan, startedAt: Millis) {
    this.#plan = plan
    this.#aliveAt = startedAt
  }

  /** A streak may still end in a stop: nothing refused is written down meanwhile. */
  get undecided(): boolean {
    return this.#inARow > 0
  }

  alive(at: Millis): void {
    this.#aliveAt = at
  }

  passed(): void {
    this.#inARow = 0
  }

  /** The error that stops the run, or undefined while it goes on. */
  refused(error: CallError): DrError | undefined {
    const atOnce = error.class === "credentials" || error.class === "wrong-region" || error.class === "not-implemented"
    if (++this.#inARow < IN_A_ROW && !atOnce) return undefined
    return refusal(error, this.#plan)
  }

  /** Throws when nothing but errors came for too long. @throws DrError E_REWRAP_STALLED (75) */
  again(error: CallError, at: Millis): void {
    if (at - this.#aliveAt < PATIENCE_MS) return
    throw new DrError({
      code: "E_REWRAP_STALLED",
      exit: EXIT.tryLater,
      message: `no good answer of KMS for ${PATIENCE_MS / MINUTE} min, the last was ${error.code}: ${error.message}`,
      hints: ["the same command again goes on where this run stopped"],
      aws: error.facts,
    })
  }
}

const CODES: Readonly<Partial<Record<CallError["class"], readonly [string, DrError["exit"]]>>> = {
  "access-denied": ["E_AWS_ACCESS_DENIED", EXIT.noPermission],
  "key-state": ["E_KEY_STATE", EXIT.failed],
  credentials: ["E_CREDENTIALS", EXIT.noPermission],
}

/** AWS names the action and the key that it refused; both keys of the run stand beside. */
export function refusal(error: CallError, { from, to }: RewrapPlan): DrError {
  const [code, exit] = CODES[error.class] ?? ["E_AWS", EXIT.failed]
  const { service, operation } = error.facts
  return new DrError({
    code,
    exit,
    message: `stopped: ${service}:${operation} from ${from} to ${to}: ${error.code}: ${error.message}`,
    hints: [
      ...(error.class === "access-denied"
        ? [
            "the identity needs kms:ReEncryptFrom on the first key and kms:ReEncryptTo on the second, in its own policy and in the key's",
          ]
        : []),
      "then the same command again: it goes on where this run stopped",
    ],
    aws: { ...error.facts, awsCode: error.code },
  })
}
