import { keyIdOf } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { forEachBounded } from "../../kernel/concurrency.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import { keyUnder } from "./verify.ts"

/** Object versions that name the old key. */
export interface Remaining {
  readonly looked: number
  readonly count: number
  /** The search ended early: there are at least `count`. */
  readonly more: boolean
  readonly examples: ReadonlyArray<{ readonly object: string; readonly versionId: string }>
}

const IN_FLIGHT = 32
const MOST_NAMED = 10
/** With so many found there is nothing to decide any more: the rest is not looked at. */
const ENOUGH = 1_000
const TELL_EVERY = 500

/**
 * Asks every version of every object in every dataset of the environment for its key: no listing of S3 tells it (facts: 3.6).
 * Streamed; nothing is kept but the first names. A dataset of another key is looked at too: what lies there under this one
 * would be lost with it.
 */
export async function stillUnder(deps: RotateDeps, { environment }: RotationScope, oldKey: KeyArn): Promise<Remaining> {
  const objects = await deps.objects()
  const examples: { object: string; versionId: string }[] = []
  let [looked, count, listed] = [0, 0, 0]
  const enough = new AbortController()
  for (const { bucket, prefix } of environment.datasets) {
    if (count >= ENOUGH) break
    const owner = environment.workload.id
    await forEachBounded(
      untilAborted(objects.versions(bucket, prefix, owner), enough.signal),
      IN_FLIGHT,
      async ({ key, versionId }) => {
        listed++
        const named = await keyUnder(objects, { bucket, key, versionId, owner })
        if (++looked % TELL_EVERY === 0) tell(deps, looked, listed)
        if (named === undefined || keyIdOf(named) !== keyIdOf(oldKey)) return
        if (++count >= ENOUGH) enough.abort()
        if (examples.length < MOST_NAMED) examples.push({ object: `s3://${bucket}/${key}`, versionId })
      },
      deps.signal,
    )
  }
  return { looked, count, more: enough.signal.aborted, examples }
}

async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  for await (const item of items) {
    if (signal.aborted) return
    yield item
  }
}

const tell = ({ emit }: RotateDeps, done: number, total: number): void =>
  emit("progress", { phase: "which key is each version under", done, total, unit: "versions" })
