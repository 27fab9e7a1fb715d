import type { AwsCallFacts } from "../kernel/errors.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import { redact } from "../kernel/redact.ts"

/** What a command returns: the result for programs and its rendering for people. */
export interface CommandResult<T extends object = object> {
  /** `DrillRun`, `RtoCheck`, … */
  readonly kind: string
  readonly data: T
  /** What people read on stdout; ends without a newline. */
  readonly text: string
  readonly exit?: ExitCode
  readonly env?: string
  readonly run?: string
  readonly simulated?: boolean
  readonly config?: { readonly path: string; readonly sha256: string }
  readonly warnings?: readonly string[]
}

export interface Envelope {
  readonly apiVersion: "dr/v1"
  readonly kind: string
  readonly ok: boolean
  readonly exit: number
  readonly env?: string
  readonly run?: string
  readonly simulated?: boolean
  readonly startedAt: string
  readonly finishedAt: string
  readonly config?: { readonly path: string; readonly sha256: string }
  readonly data: object
  readonly warnings: readonly string[]
  readonly error?: ErrorView
}

export interface ErrorView {
  readonly code: string
  readonly message: string
  readonly exit: number
  readonly hints: readonly string[]
  readonly aws?: AwsCallFacts
  readonly details?: unknown
}

export function successEnvelope(result: CommandResult, startedAt: string, finishedAt: string): Envelope {
  const { kind, data, exit = EXIT.ok, env, run, simulated, config } = result
  return {
    apiVersion: "dr/v1",
    kind,
    ok: exit === EXIT.ok,
    exit,
    ...(env === undefined ? {} : { env }),
    ...(run === undefined ? {} : { run }),
    ...(simulated === undefined ? {} : { simulated }),
    startedAt,
    finishedAt,
    ...(config === undefined ? {} : { config }),
    data,
    warnings: result.warnings ?? [],
  }
}

export function failureEnvelope(error: ErrorView, startedAt: string, finishedAt: string): Envelope {
  return { apiVersion: "dr/v1", kind: "Error", ok: false, exit: error.exit, startedAt, finishedAt, data: {}, warnings: [], error }
}

/** Anything thrown, as people and programs are told. What is neither ours nor the parser's is a bug and says so. */
export function errorView(thrown: unknown): ErrorView {
  if (thrown instanceof DrError) {
    const { code, exit, hints, aws, details } = thrown
    return { code, message: redact(thrown.message), exit, hints, ...(aws === undefined ? {} : { aws }), ...(details === undefined ? {} : { details }) }
  }
  const usage = usageError(thrown)
  if (usage !== undefined) return usage
  return { code: "E_BUG", message: redact(messageOf(thrown)), exit: EXIT.failed, hints: ["this is a fault of dr itself: run again with DR_DEBUG=1 and report the stack"] }
}

/** The parser's own errors carry `oclif.exit`; their first line says enough. */
function usageError(thrown: unknown): ErrorView | undefined {
  const { oclif, parse } = thrown as { oclif?: { exit?: number }; parse?: unknown }
  if (oclif === undefined && parse === undefined) return undefined
  const exit = oclif?.exit === 0 ? 0 : EXIT.usage
  return { code: "E_USAGE", message: redact(messageOf(thrown).split("\n")[0] ?? "wrong usage"), exit, hints: ["add --help to see what the command takes"] }
}
