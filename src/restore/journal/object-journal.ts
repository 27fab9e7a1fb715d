import type { Clock } from "../../kernel/clock.ts"
import { DrError } from "../../kernel/errors.ts"
import type { RunFiles, Settled } from "../ports.ts"
import { BALLAST_BYTES, dropBallast, layBallast } from "./ballast.ts"
import { compressSegment } from "./compress.ts"
import { cannotWrite } from "./errors.ts"
import {
  END_LINE,
  objectLine,
  pageLine,
  uploadClosedLine,
  uploadLine,
  type JournalIdentity,
  type OpenUpload,
  type PageCounts,
  type SegmentHeader,
  type SettledItem,
} from "./lines.ts"
import type { Recovered } from "./recovered.ts"
import { SegmentWriter } from "./segment-writer.ts"
import { SEGMENT_BYTES, segmentName } from "./segments.ts"
import { count, emptyTally, settledIn, type Tally } from "./tally.ts"

/** A block is sealed when it has so many lines, or is so old. */
const BLOCK_LINES = 256
const BLOCK_AGE_MS = 50
/** More lines than this that are not on the disk yet, and nothing new is begun. */
const UNSYNCED_LINES = 16 * BLOCK_LINES

export interface ObjectJournalOptions {
  readonly files: RunFiles
  readonly clock: Clock
  readonly identity: JournalIdentity
  readonly epoch: number
  /** What an earlier process left; undefined = a new run. */
  readonly from?: Recovered
  /** Lines that have just reached the disk. */
  readonly onDurable?: (news: Durable) => void
  /** Once, when the journal cannot be written (any more): admit nothing, let what is under way end, stop with this. */
  readonly onFailure?: (error: DrError) => void
  /** Closed segments are compressed behind the run's back. Costs about as much CPU as writing them. */
  readonly compress?: boolean
  readonly segmentBytes?: number
  readonly ballastBytes?: number
}

/** Counts of the objects and the pages in it. */
export interface Durable extends Readonly<Tally> {
  readonly pages: readonly PageCounts[]
}

interface Block {
  readonly lines: string
  /** Number of its last line. */
  readonly last: number
  readonly news: Durable
}

interface Waiter {
  readonly line: number
  readonly resolve: () => void
  readonly reject: (error: DrError) => void
}

/**
 * Progress and evidence of one part of a restore: a line for every settled object, in blocks that are hash-chained and
 * synced together. A line counts only after its sync (J1). When the disk is full the ballast is given back, so that what is
 * under way can still be written; after any other error nothing is written any more (J4). Both end the run with 75.
 */
export class ObjectJournal {
  readonly #options: ObjectJournalOptions
  readonly #pages: Map<number, Tally>
  #segment: SegmentWriter
  #lines = ""
  #count = 0
  #since = 0
  #news: Tally & { pages: PageCounts[] } = { ...emptyTally(), pages: [] }
  #queue: Block[] = []
  #written = 0
  #durable = 0
  #waiters: Waiter[] = []
  #pumping: Promise<void> | undefined
  #ticking = false
  #compressing: Promise<void> = Promise.resolve()
  /** The run must stop. */
  #stop: DrError | undefined
  /** Nothing can be written any more. */
  #broken = false
  #closed: Promise<{ readonly chain: string }> | undefined

  private constructor(options: ObjectJournalOptions, segment: SegmentWriter) {
    this.#options = options
    this.#segment = segment
    this.#pages = new Map([...(options.from?.partial ?? [])].map(([page, { tally }]) => [page, { ...tally }]))
  }

  /** @throws DrError E_JOURNAL (75) */
  static async open(options: ObjectJournalOptions): Promise<ObjectJournal> {
    const { files, from, ballastBytes = BALLAST_BYTES } = options
    const { segment, previous, ...more } = from?.next ?? { segment: 1, previous: "" }
    try {
      await layBallast(files, ballastBytes)
      const first = new SegmentWriter(files, { ...headerOf(options, segment, previous), ...more })
      await first.sync()
      return new ObjectJournal(options, first)
    } catch (cause) {
      throw cannotWrite(segmentName(segment), cause)
    }
  }

  /** True = there is room for one more object. Rejects with E_JOURNAL (75) when nothing may be begun any more. */
  admit(): true | Promise<void> {
    if (this.#stop !== undefined) return Promise.reject(this.#stop)
    if (this.#written - this.#durable < UNSYNCED_LINES) return true
    return this.#until(this.#durable + 1)
  }

  /** Appended after the answer was validated; counts with the `onDurable` that brings it. */
  settle(item: SettledItem, outcome: Settled): void {
    const { sizeBytes } = item.object
    count(this.#news, outcome.kind, sizeBytes)
    count(this.#pageOf(item.page), outcome.kind, sizeBytes)
    this.#append(objectLine(item, outcome))
  }

  /** The checkpoint behind the last object of a page, those of earlier processes included. @throws DrError E_ACCOUNTS */
  settlePage(page: number, objects: number): void {
    const tally = this.#pageOf(page)
    if (settledIn(tally) !== objects)
      throw new DrError({
        code: "E_ACCOUNTS",
        message: `page ${page} has ${objects} objects, but ${settledIn(tally)} are settled`,
      })
    this.#pages.delete(page)
    this.#news.pages.push({ page, objects, ...tally })
    this.#append(pageLine(page, tally))
  }

  /** Resolves when the id is on the disk: the first part must not be sent before. @throws DrError E_JOURNAL (75) */
  async openUpload(upload: OpenUpload): Promise<void> {
    this.#append(uploadLine(upload))
    await this.flush()
  }

  /** It was completed, or aborted. */
  closeUpload(uploadId: string): void {
    this.#append(uploadClosedLine(uploadId))
  }

  /** Resolves when all that was said so far is on the disk. @throws DrError E_JOURNAL (75) */
  async flush(): Promise<void> {
    this.#seal()
    if (this.#broken || this.#durable < this.#written) await this.#until(this.#written)
  }

  /**
   * Writes what is left and ends the chain, once: who calls it again gets the same answer. Resolves to its last seal, which
   * belongs into the run's record.
   * @throws DrError E_JOURNAL (75) also when all could be written, but only because the ballast was given back
   */
  close(): Promise<{ readonly chain: string }> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<{ readonly chain: string }> {
    if (!this.#broken) {
      this.#append(END_LINE)
      await this.flush().catch(() => undefined) // told below, as #stop
    }
    await this.#pumping
    await this.#compressing
    this.#segment.close()
    if (this.#stop !== undefined) throw this.#stop
    await dropBallast(this.#options.files).catch((cause: unknown) => {
      throw cannotWrite(this.#segment.name, cause)
    })
    return { chain: this.#segment.chain }
  }

  #pageOf(page: number): Tally {
    let tally = this.#pages.get(page)
    if (tally === undefined) this.#pages.set(page, (tally = emptyTally()))
    return tally
  }

  #append(line: string): void {
    if (this.#broken) return
    this.#lines += line
    this.#count++
    this.#written++
    if (this.#count === BLOCK_LINES) this.#seal()
    else if (this.#count === 1) this.#begin()
  }

  #begin(): void {
    this.#since = this.#options.clock.mono()
    if (!this.#ticking) void this.#tick()
  }

  /** One timer, however many blocks come and go meanwhile. */
  async #tick(): Promise<void> {
    const { clock } = this.#options
    this.#ticking = true
    for (let left = BLOCK_AGE_MS; this.#count > 0; left = BLOCK_AGE_MS - (clock.mono() - this.#since)) {
      if (left <= 0) this.#seal()
      else await clock.sleep(left)
    }
    this.#ticking = false
  }

  #seal(): void {
    if (this.#count === 0) return
    this.#queue.push({ lines: this.#lines, last: this.#written, news: this.#news })
    this.#lines = ""
    this.#count = 0
    this.#news = { ...emptyTally(), pages: [] }
    this.#pumping ??= this.#pump()
  }

  /** The blocks that came together while the disk was busy are synced together. */
  async #pump(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        if (this.#segment.sizeBytes >= (this.#options.segmentBytes ?? SEGMENT_BYTES)) await this.#rotate()
        const blocks = this.#queue
        this.#queue = []
        for (const block of blocks) await this.#write(block)
        await this.#segment.sync()
        this.#reached(blocks)
      }
    } catch (cause) {
      this.#break(cause)
    } finally {
      this.#pumping = undefined
    }
  }

  async #write(block: Block): Promise<void> {
    const segment = this.#segment
    try {
      segment.append(block.lines)
    } catch (cause) {
      await this.#makeRoom(cause)
      await this.#options.files.truncate(segment.name, segment.sizeBytes)
      segment.append(block.lines)
    }
  }

  /** Its last sync is done, so whatever is torn later lies in the next one. */
  async #rotate(): Promise<void> {
    const closed = this.#segment
    const header = headerOf(this.#options, closed.segment + 1, closed.chain)
    const { files } = this.#options
    try {
      this.#segment = new SegmentWriter(files, header)
    } catch (cause) {
      await this.#makeRoom(cause)
      if ((await files.list()).includes(segmentName(header.segment))) await files.remove(segmentName(header.segment))
      this.#segment = new SegmentWriter(files, header)
    }
    closed.close()
    if (this.#options.compress === true && this.#stop === undefined)
      this.#compressing = this.#compressing.then(() => compressSegment(files, closed.segment)).catch(() => undefined) // the plain file stays, which is as good
  }

  /** Rejects with `cause` when there is no ballast left or the disk has another trouble. */
  async #makeRoom(cause: unknown): Promise<void> {
    if (!isFull(cause) || !(await dropBallast(this.#options.files))) throw cause
    this.#stopWith(cause)
  }

  #reached(blocks: readonly Block[]): void {
    for (const { last, news } of blocks) {
      this.#durable = last
      this.#options.onDurable?.(news)
    }
    const due = this.#waiters.filter(({ line }) => line <= this.#durable)
    this.#waiters = this.#waiters.filter(({ line }) => line > this.#durable)
    for (const { resolve } of due) resolve()
  }

  #until(line: number): Promise<void> {
    if (this.#broken && this.#stop !== undefined) return Promise.reject(this.#stop)
    return new Promise((resolve, reject) => this.#waiters.push({ line, resolve, reject }))
  }

  #break(cause: unknown): void {
    this.#broken = true
    this.#queue = []
    this.#lines = ""
    this.#count = 0
    const stop = this.#stopWith(cause)
    for (const { reject } of this.#waiters.splice(0)) reject(stop)
  }

  #stopWith(cause: unknown): DrError {
    if (this.#stop === undefined) {
      this.#stop = cannotWrite(this.#segment.name, cause)
      this.#options.onFailure?.(this.#stop)
    }
    return this.#stop
  }
}

const isFull = (cause: unknown): boolean =>
  ["ENOSPC", "EDQUOT"].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? "")

function headerOf({ identity, epoch }: ObjectJournalOptions, segment: number, previous: string): SegmentHeader {
  return { journal: 1, segment, epoch, ...identity, previous }
}
