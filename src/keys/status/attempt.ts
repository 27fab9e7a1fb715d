import { DrError } from "../../kernel/errors.ts"

export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: DrError }

/** Without an identity nothing can be read, and every item would say so. */
const FATAL: ReadonlySet<string> = new Set(["E_CREDENTIALS", "E_AWS_EXPIRED_TOKEN"])

/** The answer, or why there is none. What stands for no single item is thrown on: interruption, bugs, no identity. */
export async function attempt<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await ask() }
  } catch (thrown) {
    signal.throwIfAborted()
    if (!(thrown instanceof DrError) || FATAL.has(thrown.code)) throw thrown
    return { ok: false, error: thrown }
  }
}

export const isNotFound = (error: DrError): boolean => error.code === "E_AWS_NOT_FOUND"
