import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"

/** The disk is full, failing or read-only: what is not recorded cannot be proven, so the run stops and can go on later. */
export function cannotWrite(name: string, cause: unknown): DrError {
  return new DrError({
    code: "E_JOURNAL",
    exit: EXIT.tryLater,
    message: `cannot write the journal ${name}: ${messageOf(cause)}`,
    hints: ["free disk space or mend the disk, then go on with `dr resume`"],
    cause,
  })
}

/** A journal that was changed after it was written is no ground to skip an object. */
export function cannotTrust(name: string, why: string): DrError {
  return new DrError({
    code: "E_JOURNAL_TAMPERED",
    exit: EXIT.config,
    message: `cannot trust the journal ${name}: ${why}`,
    hints: [
      "find out who changed it; a copy of the file from before is as good as the file",
      "`dr resume --salvage` keeps what is sound, does the rest again and begins a new chain that names the old one",
    ],
  })
}

/** The journal tells of another plan than the one that shall go on. */
export function otherPlan(name: string, field: string, expected: string, found: string): DrError {
  return new DrError({
    code: "E_JOURNAL_OTHER_PLAN",
    exit: EXIT.config,
    message: `the journal ${name} was written for another plan: its ${field} is ${JSON.stringify(found)}, the plan's is ${JSON.stringify(expected)}`,
    hints: ["resume the run with its own plan, or start a new run"],
  })
}
