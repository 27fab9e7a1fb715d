import type { Clock } from "../kernel/clock.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import type { CheckResult, Emit } from "../kernel/events.ts"
import type { KmsPort, Session } from "../keys/ports.ts"
import type { AwsPorts, ObjectRef, S3Port } from "./ports.ts"
import type { DrillScope, FoundKeys, ScopedDataset } from "./scope.ts"

/** What a drill gets from outside. */
export interface DrillDeps {
  readonly aws: AwsPorts
  readonly clock: Clock
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly run: string
}

export type PhaseName = "preflight" | "steady-state" | "method" | "verify" | "clean-up" | "verdict"

/** The sessions of one drill. The reader is denied the source; the others are what dr.yaml names. */
export interface Sessions {
  readonly workload: Session
  readonly recovery: Session
}

/** One object that goes through method and verify. */
export interface SampledObject {
  readonly dataset: ScopedDataset
  readonly from: "source" | "recovery-copy"
  readonly origin: ObjectRef
  readonly label: string
  /** Recorded before the drill, for canaries. */
  readonly knownSha256?: string
}

export interface CopiedObject extends SampledObject {
  readonly destination: ObjectRef
  readonly keyArn: string
}

/** A drill under way: scope and deps, with short hands for what every phase says and uses. */
export class DrillContext {
  readonly scope: DrillScope
  readonly deps: DrillDeps
  readonly failures: string[] = []
  unknown = 0

  constructor(scope: DrillScope, deps: DrillDeps) {
    this.scope = scope
    this.deps = deps
  }

  get drill(): string {
    return this.scope.definition.name
  }

  /** `dr-drill/<run>/<drill>/`: all that this drill writes lies below it. */
  get scratchPrefix(): string {
    return `${this.scope.scratch.prefix}${this.deps.run}/${this.drill}/`
  }

  kms(session: Session, region = this.scope.recoveryRegion): KmsPort {
    return this.deps.aws.kms(session, region)
  }

  s3(session: Session, region = this.scope.recoveryRegion): S3Port {
    return this.deps.aws.s3(session, region)
  }

  /** Records one named expectation; a failed one fails the drill, an unknown one leaves it not proven. */
  check(phase: PhaseName, check: string, result: CheckResult, expected: string, observed: string): void {
    this.deps.emit("check.finished", { drill: this.drill, phase, check, result, expected, observed })
    if (result === "failed") this.failures.push(`${check}: expected ${expected}, observed ${observed}`)
    if (result === "unknown") this.unknown++
  }

  expectEqual(phase: PhaseName, check: string, expected: string, observed: string): void {
    this.check(phase, check, expected === observed ? "ok" : "failed", expected, observed)
  }

  objectFailed(object: string, step: string, thrown: unknown): void {
    const unknown =
      thrown instanceof DrError && (thrown.code === "E_AWS_UNREACHABLE" || thrown.code === "E_AWS_THROTTLED")
    this.objectEnded(object, step, unknown ? "unknown" : "failed", messageOf(thrown))
  }

  /** An object that is not a good copy, or of which nobody can tell. */
  objectEnded(object: string, step: string, result: "failed" | "unknown", message: string): void {
    this.deps.emit("object.failed", { drill: this.drill, object, step, result, message })
    if (result === "unknown") this.unknown++
    this.failures.push(`${step} of ${object}: ${result === "unknown" ? "cannot be told: " : ""}${message}`)
  }
}

export type KeysByName = ReadonlyMap<string, FoundKeys>
