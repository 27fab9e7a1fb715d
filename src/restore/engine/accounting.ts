import { DrError } from "../../kernel/errors.ts"
import type { Accounts, Item, Settled, WorkPage } from "../ports.ts"

/** Where every listed object is, at one moment. */
export interface Sums extends Accounts {
  /** Settled by an earlier process; in none of the other counts. */
  readonly before: number
  readonly queued: number
  readonly inFlight: number
  readonly backingOff: number
}

/** A page of which every object is settled. */
export interface PageSummary {
  readonly page: number
  readonly range: number
  readonly objects: number
  /** Settled by an earlier process. */
  readonly before: number
  readonly done: number
  readonly failed: number
  readonly skipped: number
  readonly unknown: number
}

interface OpenPage {
  readonly summary: { -readonly [K in keyof PageSummary]: PageSummary[K] }
  left: number
}

/** Counts what was listed and how it was settled. What is still on its way is counted where it is: that makes it a check. */
export class Books {
  readonly #open = new Map<number, OpenPage>()
  #listed = 0
  #before = 0
  #bytesDone = 0
  #throttled = 0
  #attempts = 0
  readonly #settled = { done: 0, failed: 0, skipped: 0, unknown: 0 }

  /** The page's summary when nothing of it is left to do. Throws E_PAGE_TWICE: its objects would be counted twice. */
  list({ page, range, objects, settled }: WorkPage): PageSummary | undefined {
    if (this.#open.has(page))
      throw new DrError({ code: "E_PAGE_TWICE", message: `page ${page} of the manifest came twice` })
    const before = settled === undefined ? 0 : [...settled].filter((index) => index < objects.length).length
    this.#listed += objects.length
    this.#before += before
    const left = objects.length - before
    const summary = { page, range, objects: objects.length, before, done: 0, failed: 0, skipped: 0, unknown: 0 }
    if (left === 0) return summary
    this.#open.set(page, { summary, left })
    return undefined
  }

  attempted(): void {
    this.#attempts += 1
  }

  throttled(): void {
    this.#throttled += 1
  }

  /** The page's summary when this was its last object. */
  settle(item: Item, { kind }: Settled): PageSummary | undefined {
    this.#settled[kind] += 1
    if (kind === "done") this.#bytesDone += item.object.sizeBytes
    const open = this.#open.get(item.page)
    if (open === undefined) return undefined
    open.summary[kind] += 1
    open.left -= 1
    if (open.left > 0) return undefined
    this.#open.delete(item.page)
    return open.summary
  }

  sums(onTheirWay: Pick<Sums, "queued" | "inFlight" | "backingOff">): Sums {
    return {
      listed: this.#listed,
      before: this.#before,
      ...this.#settled,
      bytesDone: this.#bytesDone,
      throttled: this.#throttled,
      attempts: this.#attempts,
      ...onTheirWay,
    }
  }
}

/** Objects that are listed and not settled: what a resumed run would have to do. */
export function unsettled({ queued, inFlight, backingOff }: Sums): number {
  return queued + inFlight + backingOff
}

/** Throws E_SUMS_OPEN when an object was lost or counted twice; whatever else the run says then is worth nothing. */
export function assertClosed(sums: Sums): void {
  const { listed, before, done, failed, skipped, unknown } = sums
  const found = before + done + failed + skipped + unknown + unsettled(sums)
  if (found === listed) return
  throw new DrError({
    code: "E_SUMS_OPEN",
    message: `the sums do not close: ${listed} objects listed, ${found} accounted for`,
    hints: ["this is a bug of dr: keep the run's folder and report it", "dr restore verify"],
    details: sums,
  })
}
