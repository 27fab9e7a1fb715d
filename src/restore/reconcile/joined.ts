import { compareKeys } from "../../kernel/byte-order.ts"

/** Objects, or versions where a restore takes all of them. */
interface JoinedCounts {
  /** At the destination, of the right size. Re-keyed in place: with the same ETag and date, too. */
  readonly matched: number
  /** Not at the destination, though the run says that it did them. */
  readonly missing: number
  /** At the destination with another size, or a marker instead of bytes. */
  readonly different: number
  /** At the destination, and in no manifest: told, never a failure. */
  readonly extra: number
  /** At the source, and in no manifest: written since it was listed. */
  readonly appeared: number
  /** No longer at the source. Re-keyed in place: they are missing as well. */
  readonly vanished: number
  /** At the source with another ETag. Re-keyed in place also: with another date or size; these are not matched. */
  readonly changed: number
  /** In a manifest, and not looked for. */
  readonly notExpected: number
}

export type JoinedClass = keyof JoinedCounts

/**
 * What stands on both sides after a run, beside what its manifests say. The sums close: all objects of the manifests =
 * matched + missing + different + not expected (+ changed, where they were re-keyed in place).
 */
export interface Joined extends JoinedCounts {
  /** Of each class its first few keys in byte order, as they are called at the source. */
  readonly examples: Readonly<Record<JoinedClass, readonly string[]>>
}

const EXAMPLES = 5

const CLASSES = [
  "matched",
  "missing",
  "different",
  "extra",
  "appeared",
  "vanished",
  "changed",
  "notExpected",
] as const satisfies readonly JoinedClass[]

function perClass<T>(of: (name: JoinedClass) => T): Record<JoinedClass, T> {
  return Object.fromEntries(CLASSES.map((name) => [name, of(name)])) as Record<JoinedClass, T>
}

/** Counts of one stretch or of many. Constant memory. */
export class JoinedTally {
  readonly #counts = perClass(() => 0)
  readonly #examples = perClass((): string[] => [])

  /** Keys come in byte order. */
  add(name: JoinedClass, key: string, objects = 1): void {
    if (objects === 0) return
    this.#counts[name] += objects
    const examples = this.#examples[name]
    if (examples.length < EXAMPLES && examples.at(-1) !== key) examples.push(key)
  }

  /** Takes over what another one has counted elsewhere; stretches end in any order. */
  merge(other: JoinedTally): void {
    for (const name of CLASSES) {
      this.#counts[name] += other.#counts[name]
      const both = [...this.#examples[name], ...other.#examples[name]]
      this.#examples[name] = both.toSorted(compareKeys).slice(0, EXAMPLES)
    }
  }

  result(): Joined {
    return { ...this.#counts, examples: perClass((name) => [...this.#examples[name]]) }
  }
}
