import type { Gap } from "../access/inventory.ts"
import { DrError } from "../kernel/errors.ts"

/** What could not be read. One refusal costs one item, never the whole inventory. */
export interface GapList {
  readonly gaps: readonly Gap[]
  add(subject: string, what: Gap["what"] | ReadonlyArray<Gap["what"]>, why: string): void
  /** Makes the gaps of another list its own. */
  take(other: GapList): void
  /** The answer; undefined and a gap where AWS gave none. What no gap can stand for is thrown on. */
  attempt<T>(
    subject: string,
    what: Gap["what"] | ReadonlyArray<Gap["what"]>,
    ask: () => Promise<T>,
  ): Promise<T | undefined>
}

/** Without an identity nothing can be read, and every item would say so. */
const FATAL: ReadonlySet<string> = new Set(["E_CREDENTIALS", "E_AWS_EXPIRED_TOKEN"])

export function gapList(signal: AbortSignal): GapList {
  const gaps: Gap[] = []
  const add: GapList["add"] = (subject, what, why) => {
    for (const each of typeof what === "string" ? [what] : what) gaps.push({ subject, what: each, why })
  }
  return {
    gaps,
    add,
    take: (other) => void gaps.push(...other.gaps),
    async attempt(subject, what, ask) {
      try {
        return await ask()
      } catch (thrown) {
        signal.throwIfAborted()
        if (!(thrown instanceof DrError) || FATAL.has(thrown.code)) throw thrown
        add(subject, what, thrown.message)
        return undefined
      }
    },
  }
}

const GONE: ReadonlySet<string> = new Set(["E_AWS_UNREACHABLE", "E_AWS_NOT_FOUND"])

/**
 * The first question to a thing: where it is not there, or its Region does not answer, the others need not be asked. A
 * refusal is an answer: it is thrown when the result is called.
 */
export async function unlessGone<T>(asked: Promise<T>): Promise<() => Promise<T>> {
  try {
    const answer = await asked
    return async () => answer
  } catch (thrown) {
    if (thrown instanceof DrError && GONE.has(thrown.code)) throw thrown
    return () => Promise.reject(thrown)
  }
}
