import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** A policy or request that is refused before anything is evaluated: AWS would refuse to store it, or it means nothing. */
export class PolicyError extends DrError {
  constructor(message: string, hints: readonly string[] = []) {
    super({ code: "E_POLICY", exit: EXIT.usage, message, hints })
    this.name = "PolicyError"
  }
}
