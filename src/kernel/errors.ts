import { EXIT, type ExitCode } from "./exit-codes.ts"

/** Which AWS call failed, as the person who must fix it needs to know. */
export interface AwsCallFacts {
  readonly service: string
  readonly operation: string
  readonly account?: string
  readonly region?: string
  readonly requestId?: string
  readonly status?: number
  /** AWS's own error code, e.g. `DisabledException`. */
  readonly awsCode?: string
}

export interface DrErrorInit {
  /** Stable, `E_UPPER_SNAKE`; documented and never renamed. */
  readonly code: string
  /** Lower case, no full stop, no secret; names the wrong value and its place. */
  readonly message: string
  readonly exit?: ExitCode
  /** What to type or look at next, most useful first. */
  readonly hints?: readonly string[]
  readonly aws?: AwsCallFacts
  readonly cause?: unknown
  /** Machine-readable details for the JSON envelope, e.g. every issue of dr.yaml. */
  readonly details?: unknown
}

/** An error meant for a person. Anything else that is thrown is a bug and keeps its stack. */
export class DrError extends Error {
  readonly code: string
  readonly exit: ExitCode
  readonly hints: readonly string[]
  readonly aws: AwsCallFacts | undefined
  readonly details: unknown

  constructor(init: DrErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.name = "DrError"
    this.code = init.code
    this.exit = init.exit ?? EXIT.failed
    this.hints = init.hints ?? []
    this.aws = init.aws
    this.details = init.details
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Nobody answered: not even with an error of the service. */
export function isSilence(thrown: unknown): boolean {
  if (!(thrown instanceof DrError) || thrown.aws?.status !== undefined) return false
  if (thrown.code === "E_ASSUME_ROLE") return isSilence(thrown.cause)
  return thrown.code === "E_AWS_UNREACHABLE" || thrown.code === "E_REGION_SILENT"
}
