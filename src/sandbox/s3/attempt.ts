import { ServiceError } from "../core/exchange.ts"

export interface Attempt<T> {
  /** Undefined when it failed. */
  readonly value: T | undefined
  /** @throws ServiceError what it failed with */
  orThrow(): T
}

/** A body is read before the question of access, which needs what stands in it; its faults are told only after. */
export function attempt<T>(run: () => T): Attempt<T> {
  try {
    const value = run()
    return { value, orThrow: () => value }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return {
      value: undefined,
      orThrow() {
        throw error
      },
    }
  }
}
