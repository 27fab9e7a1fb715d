import { Flags } from "@oclif/core"
import { parseDuration } from "../kernel/duration.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { RestoreOptions } from "./restore-run.ts"
import type { Transport } from "./restore-sessions.ts"

export const restoreLimitFlags = {
  "max-inflight": Flags.integer({
    description: "requests at once, each on a connection of its own",
    default: 1_024,
    min: 1,
    max: 4_096,
    helpValue: "N",
  }),
  transport: Flags.option({
    description: "what carries the calls: undici, raw sockets (half the CPU, younger), or the AWS SDK (proxies)",
    options: ["undici", "raw", "sdk"] as const,
    default: "undici" as const,
  })(),
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
  readonly transport: Transport
  readonly rate?: number | undefined
  readonly deadline: string
}): Pick<RestoreOptions, "maxInFlight" | "transport" | "deadlineMs" | "capPerSecond"> {
  const deadlineMs = parseDuration(flags.deadline)
  if (deadlineMs === undefined || deadlineMs <= 0)
    throw new DrError({
      code: "E_DURATION",
      exit: EXIT.usage,
      message: `--deadline ${JSON.stringify(flags.deadline)}: expected a duration such as 4h or 90min`,
    })
  return {
    maxInFlight: flags["max-inflight"],
    transport: flags.transport,
    deadlineMs,
    ...(flags.rate === undefined ? {} : { capPerSecond: flags.rate }),
  }
}
