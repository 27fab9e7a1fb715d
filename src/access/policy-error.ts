import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { PolicyIssue } from "./statement.ts"

/** A policy or request that is refused before anything is evaluated: AWS would refuse to store it, or it means nothing. */
export class PolicyError extends DrError {
  constructor(message: string, hints: readonly string[] = []) {
    super({ code: "E_POLICY", exit: EXIT.usage, message, hints })
    this.name = "PolicyError"
  }
}

/** @throws PolicyError naming the first things that are wrong with a compiled policy */
export function mustBeReadable({ name, refused }: { name: string; refused: readonly PolicyIssue[] }): void {
  const [first, ...more] = refused
  if (first === undefined) return
  const place = first.path.length === 0 ? "" : ` at ${first.path.join(".")}`
  throw new PolicyError(
    `${name}: ${first.message}${place}${more.length === 0 ? "" : `, and ${more.length} more`}`,
    first.suggestion === undefined ? [] : [`did you mean ${first.suggestion}?`],
  )
}
