import { noticeableFaultRate } from "../../kernel/power.ts"
import type { ListedObject } from "../objects.ts"
import { routeOf, type Way } from "../plan/classify.ts"
import { SAMPLE_SIZE, Sampler, type Stratum } from "../plan/sample.ts"
import type { Settled } from "../ports.ts"

/** What a sample of a restore is drawn from. The seed is recorded, so that anyone can draw the same one again. */
export interface SampleOptions {
  readonly seed: string
  readonly way: Way
  readonly size?: number
}

/**
 * Draws what is read back at the end of a run from its frozen manifest: by class, size, route and first folder, at least one
 * of each, the rest by share. What the plan did not carry over is not drawn.
 */
export async function drawReadBack(
  objects: AsyncIterable<ListedObject>,
  { seed, way, size = SAMPLE_SIZE }: SampleOptions,
): Promise<readonly Stratum[]> {
  const sampler = new Sampler({ size, seed, prefix: way.aim.source.prefix })
  for await (const object of objects) {
    const route = routeOf(object, way)
    if (route.kind !== "cannot") sampler.offer(object, route.kind)
  }
  return sampler.drawn()
}

interface StratumResult {
  readonly name: string
  readonly population: number
  readonly drawn: number
  readonly good: number
}

/** What a sample that was read back proves, and what it does not. */
export interface SampleResult {
  readonly drawn: number
  readonly good: number
  /** Objects that differ from their source or from the plan, or are not there. */
  readonly bad: readonly string[]
  /** Nobody could tell: never counted as good. */
  readonly unknown: readonly string[]
  readonly strata: readonly StratumResult[]
  /** A larger share of bad objects would have shown with 95 % certainty; undefined = the sample proves nothing. */
  readonly wouldHaveShown: number | undefined
}

/** Sums up the endings of the drawn objects. One that has no ending is unknown: it was not looked at. */
export function sampleResult(
  strata: readonly Stratum[],
  endingOf: (object: ListedObject) => Settled | undefined,
): SampleResult {
  const bad: string[] = []
  const unknown: string[] = []
  const results = strata.map(({ name, population, drawn }): StratumResult => {
    const good = drawn.filter(({ object }) => isGood(object, endingOf(object), bad, unknown)).length
    return { name, population, drawn: drawn.length, good }
  })
  const sum = (of: (result: StratumResult) => number): number => results.reduce((total, one) => total + of(one), 0)
  const good = sum((result) => result.good)
  const proves = good > 0 && bad.length === 0 && unknown.length === 0
  return {
    drawn: sum((result) => result.drawn),
    good,
    bad,
    unknown,
    strata: results,
    wouldHaveShown: proves ? noticeableFaultRate(good) : undefined,
  }
}

/** Proven by both sides' bytes: an ending that read less is not what a sample is for. */
function isGood(object: ListedObject, ending: Settled | undefined, bad: string[], unknown: string[]): boolean {
  if (ending?.kind === "done" && ending.proof.by === "bytes") return true
  if (ending?.kind === "failed") bad.push(ending.message)
  else unknown.push(`${JSON.stringify(object.key)}: ${wordsFor(ending)}`)
  return false
}

function wordsFor(ending: Exclude<Settled, { kind: "failed" }> | undefined): string {
  if (ending === undefined) return "was not read back"
  return ending.kind === "done" ? `was read back only by ${ending.proof.by}` : ending.message
}
