import type { Millis } from "../../kernel/units.ts"
import type { Ended } from "../engine/scheduler-init.ts"
import type { Accounts } from "../ports.ts"
import type { Closing } from "./closing.ts"

/** How one part of a plan ended. */
export interface PartResult {
  readonly part: string
  readonly ended: Ended
  /** Of all processes that worked on it. Closed only when `ended` is finished or deadline. */
  readonly accounts: Accounts
  /** Left out when the part did not get to its end. */
  readonly closing?: Closing
  /** Last seal of the object journal: whoever has it can tell whether a line was altered. */
  readonly chain: string
  readonly durationMs: Millis
}

export type RestoreVerdict =
  /** Every object is there, read back as the level demands, listed again, and the sample is right. */
  | "restored"
  /** Objects failed, are missing or differ. */
  | "incomplete"
  /** Nothing is known to be wrong, but something could not be told or was left out by name. */
  | "not-proven"
  /** Can go on with `dr resume`. */
  | "stopped"

export function verdictOf(parts: readonly PartResult[], planned: number): RestoreVerdict {
  if (parts.length < planned || parts.some(({ ended }) => ended.kind !== "finished" && ended.kind !== "deadline"))
    return "stopped"
  if (parts.some(isWrong)) return "incomplete"
  return parts.every(isProven) ? "restored" : "not-proven"
}

const isWrong = ({ accounts, closing }: PartResult): boolean =>
  accounts.failed > 0 || (closing !== undefined && isWrongBy(closing))

const isProven = ({ accounts: { listed, done }, closing, ended }: PartResult): boolean =>
  ended.kind === "finished" && done === listed && closing !== undefined && isProvenBy(closing, listed)

export const isWrongBy = ({ joined, sample }: Closing): boolean =>
  joined.missing > 0 || joined.different > 0 || sample.bad.length > 0

/** Zero objects prove nothing, unless there were none to restore. */
export const isProvenBy = ({ joined, sample }: Closing, objects: number): boolean =>
  joined.matched === objects && sample.unknown.length === 0 && (sample.good > 0 || objects === 0)
