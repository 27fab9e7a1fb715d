import { ObjectJournal, type ObjectJournalOptions } from "../../../src/restore/journal/object-journal.ts"
import { mend, recover } from "../../../src/restore/journal/recover.ts"
import { remaining } from "../../../src/restore/journal/remaining.ts"
import { emptyTally, type Tally } from "../../../src/restore/journal/tally.ts"
import type { PageSource, Settled, WorkPage } from "../../../src/restore/ports.ts"
import { fakeClock } from "../../support/fake-clock.ts"
import type { CrashFiles } from "./crash-files.ts"

export const IDENTITY = {
  run: "dr-20261116T020004Z-7f3a",
  part: "loki",
  plan: "sha256:plan",
  manifest: "sha256:manifest",
  source: "live-loki",
  destination: "live-loki-recovery",
  keyArn: "arn:aws:kms:eu-west-1:222222222222:key/1",
}

const ETAG = '"9bb58f26192e4ba00f01e2e7b136bbd8"'

export interface ToyWorld {
  /** Sizes of the pages of the manifest. */
  readonly pages: readonly number[]
  /** `page/index` of every object that was copied, with how often. */
  readonly copied: Map<string, number>
}

export interface ToyOptions extends Partial<ObjectJournalOptions> {
  /** Objects under way at once: they settle newest first. */
  readonly window?: number
  /** The process dies when it has settled so many. */
  readonly dieAfter?: number
  readonly salvage?: boolean
  /** How long the clock says that a window takes: above 50 it is a block of its own. */
  readonly tickMs?: number
}

export interface ToyResult {
  /** How objects are settled, those of earlier processes included, as far as it is on the disk. */
  readonly tally: Tally
  /** Objects reported as being on the disk, and after how many changes of the disk. */
  readonly reports: readonly { readonly changes: number; readonly objects: number }[]
  readonly chain: string | undefined
}

/** One process of a run: goes on where the journal ends, and settles what is left. */
export async function toyRun(files: CrashFiles, world: ToyWorld, options: ToyOptions = {}): Promise<ToyResult> {
  const { window = 5, dieAfter = Infinity, salvage = false, tickMs = 20, ...more } = options
  const from = await recover(files, { identity: IDENTITY, salvage })
  if (from !== undefined) await mend(files, from)
  const clock = fakeClock()
  const tally: Tally = { ...(from?.tally ?? emptyTally()) }
  const reports: { changes: number; objects: number }[] = []
  const journal = await ObjectJournal.open({
    files,
    clock,
    identity: IDENTITY,
    epoch: (from?.epoch ?? 0) + 1,
    ballastBytes: 4096,
    ...(from === undefined ? {} : { from }),
    onDurable: (news) => {
      for (const kind of ["done", "failed", "skipped", "unknown", "bytesDone"] as const) tally[kind] += news[kind]
      reports.push({
        changes: files.changes.length,
        objects: tally.done + tally.failed + tally.skipped + tally.unknown,
      })
    },
    ...more,
  })
  const source = pagesOf(world)
  const work = from === undefined ? source : remaining(source, from)
  let settled = 0
  /** Copies as many as the journal admits; resolves to why there are not more. */
  const begin = async (page: number, wanted: readonly number[], under: number[]): Promise<unknown> => {
    for (const index of wanted) {
      try {
        await journal.admit()
      } catch (error) {
        return error
      }
      world.copied.set(`${page}/${index}`, (world.copied.get(`${page}/${index}`) ?? 0) + 1)
      under.push(index)
    }
    return undefined
  }
  try {
    for (let page = await work.next(); page !== undefined; page = await work.next()) {
      const left = page.objects.map((_, index) => index).filter((index) => page?.settled?.has(index) !== true)
      while (left.length > 0) {
        const under: number[] = []
        const stopped = await begin(page.page, left.splice(0, window), under)
        for (const index of under.toReversed()) {
          if (settled++ >= dieAfter) return { tally, reports, chain: undefined }
          journal.settle(itemOf(page, index), outcomeOf(page.page, index))
        }
        if (stopped !== undefined) throw stopped
        clock.advance(tickMs)
        await new Promise((resolve) => setImmediate(resolve))
      }
      journal.settlePage(page.page, page.objects.length)
    }
  } catch (error) {
    await journal.close().catch(() => undefined)
    throw error
  }
  const { chain } = await journal.close()
  return { tally, reports, chain }
}

function itemOf(page: WorkPage, index: number) {
  const object = page.objects[index]
  if (object === undefined) throw new RangeError(`no object ${index}`)
  return { page: page.page, index, object }
}

/** Of every seventeen objects one ends in another way. */
export function outcomeOf(page: number, index: number): Settled {
  switch ((page * 31 + index) % 17) {
    case 3:
      return { kind: "failed", why: "EntityTooLarge", message: "too large" }
    case 7:
      return { kind: "skipped", why: "NEEDS_THAW", message: 'archived in "GLACIER"' }
    case 11:
      return { kind: "unknown", message: "no answer\nat all" }
    default:
      return {
        kind: "done",
        proof: { by: "answer", etag: ETAG, versionId: `v${index}`, checksum: "CRC64NVME:AAAAAAAAAAA=" },
      }
  }
}

export function pagesOf({ pages }: ToyWorld): PageSource {
  let next = 0
  return {
    next: () => {
      const page = next++
      const size = pages[page]
      return Promise.resolve(size === undefined ? undefined : { page, range: 0, objects: objectsOf(page, size) })
    },
  }
}

const objectsOf = (page: number, size: number) =>
  Array.from({ length: size }, (_, index) => ({
    key: `tenant/${page}/ü"\n${index}`,
    sizeBytes: 1000 + index,
    modifiedAt: 0,
    etag: ETAG,
    storageClass: "STANDARD",
    ...(index % 2 === 0 ? { versionId: `s${index}` } : {}),
  }))

/** What a run that nobody disturbs ends with, counted by hand. */
export function expectedTally({ pages }: ToyWorld): Tally {
  const tally = emptyTally()
  for (const [page, size] of pages.entries())
    for (let index = 0; index < size; index++) {
      const rest = (page * 31 + index) % 17
      if (rest === 3) tally.failed++
      else if (rest === 7) tally.skipped++
      else if (rest === 11) tally.unknown++
      else {
        tally.done++
        tally.bytesDone += 1000 + index
      }
    }
  return tally
}
