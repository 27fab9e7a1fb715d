import pLimit from "p-limit"

/**
 * Runs `work` over `items` with at most `limit` at once and at most `limit` waiting: the iterable is pulled, never
 * listed, so memory does not grow with its length. The first rejection stops the pulling, lets what runs settle,
 * and is thrown. An aborted signal does the same with its reason.
 */
export async function forEachBounded<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T, index: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const queue = pLimit(limit)
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  let index = 0
  for await (const item of items) {
    if (failures.length > 0 || signal?.aborted) break
    const at = index++
    const run: Promise<void> = queue(() => work(item, at))
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(run))
    running.add(run)
    if (running.size >= limit) await Promise.race(running)
  }
  await Promise.all(running)
  if (failures.length > 0) throw failures[0]
  signal?.throwIfAborted()
}

/** Like `forEachBounded`, keeping the results in the order of the items. For short lists only. */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = []
  results.length = items.length
  await forEachBounded(items, limit, async (item, index) => void (results[index] = await work(item, index)), signal)
  return results
}

/** Runs what it is given, at most `limit` at once: one budget for callers that do not know each other. */
export type Slots = <T>(work: () => Promise<T>) => Promise<T>

export const slots = (limit: number): Slots => pLimit(limit)
