import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import type { ErrorView } from "./error-view.ts"

/** What a command returns: the result for programs and its rendering for people. */
export interface CommandResult<T extends object = object> {
  /** `DrillRun`, `RtoCheck`, … */
  readonly kind: string
  readonly data: T
  /** What people read on stdout; ends without a newline. A function is called only when a person reads. */
  readonly text: string | (() => string)
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

export function failureEnvelope(
  error: ErrorView,
  startedAt: string,
  finishedAt: string,
  warnings: readonly string[] = [],
): Envelope {
  return {
    apiVersion: "dr/v1",
    kind: "Error",
    ok: false,
    exit: error.exit,
    startedAt,
    finishedAt,
    data: {},
    warnings,
    error,
  }
}
