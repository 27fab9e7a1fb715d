import { Flags } from "@oclif/core"
import { parseDuration } from "../kernel/duration.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { RestoreOptions } from "./restore-run.ts"

export const restoreLimitFlags = {
  "max-inflight": Flags.integer({
    description: "requests at once, each on a connection of its own",
    default: 1_024,
    min: 1,
    max: 4_096,
    helpValue: "N",
  }),
  rate: Flags.integer({ description: "never more objects a second than this", min: 1, helpValue: "N" }),
  "take-over": Flags.boolean({
    description: "take the lock of a run on another machine that was silent for over 10 min, and is dead",
  }),
  deadline: Flags.string({
    description: "what waits for throttling to end has this long; then it counts as failed",
    default: "24h",
    helpValue: "DURATION",
  }),
}

/** @throws DrError E_DURATION (64) */
export function restoreLimits(flags: {
  readonly "max-inflight": number
  readonly rate?: number | undefined
  readonly deadline: string
}): Pick<RestoreOptions, "maxInFlight" | "deadlineMs" | "capPerSecond"> {
  const deadlineMs = parseDuration(flags.deadline)
  if (deadlineMs === undefined || deadlineMs <= 0)
    throw new DrError({
      code: "E_DURATION",
      exit: EXIT.usage,
      message: `--deadline ${JSON.stringify(flags.deadline)}: expected a duration such as 4h or 90min`,
    })
  return {
    maxInFlight: flags["max-inflight"],
    deadlineMs,
    ...(flags.rate === undefined ? {} : { capPerSecond: flags.rate }),
  }
}
