import type { RunFiles } from "../ports.ts"
import { Collector } from "./collector.ts"
import { readSegment } from "./compress.ts"
import { isSealLine, SEAL_LINE_BYTES } from "./chain.ts"
import { cannotTrust, otherPlan } from "./errors.ts"
import { END_LINE, type JournalIdentity, type SegmentHeader } from "./lines.ts"
import { readBlocks, type BlocksRead } from "./read-blocks.ts"
import type { Recovered } from "./recovered.ts"
import { readingsOf, type Reading } from "./segment-headers.ts"
import { segmentName } from "./segments.ts"

export interface RecoverOptions {
  /** Of the plan that shall go on; undefined = only looking. */
  readonly identity?: JournalIdentity
  /** The last seal as the run's record has it: a journal that was closed must end right there. */
  readonly endsWith?: string
  /** Asked for by a person: keep what is sound, give up the rest. */
  readonly salvage?: boolean
}

/**
 * Reads the whole journal, a block in memory at a time, and follows its chain. Writes nothing; `mend` does before a process
 * goes on. Undefined = nothing was ever begun. What a crash tore off the end of the last segment is cut (J3); anything else
 * that is not sound was done by somebody.
 * @throws DrError E_JOURNAL_TAMPERED, E_JOURNAL_OTHER_PLAN (78)
 */
export async function recover(files: RunFiles, options: RecoverOptions = {}): Promise<Recovered | undefined> {
  const readings = await readingsOf(files)
  const last = readings.at(-1)
  if (last === undefined) return undefined
  const found = await follow(files, readings, options)
  if (found.bad === undefined) return accept(found, last, options)
  if (found.at === last && options.endsWith === undefined && !(await isClosed(files, last.segment)))
    return accept(found, last, options, (await files.sizeOf(segmentName(last.segment))) - found.goodBytes)
  if (options.salvage !== true) throw cannotTrust(segmentName(found.at.segment), found.bad)
  return salvage(files, readings, found, options)
}

interface Followed extends BlocksRead {
  readonly collector: Collector
  readonly epoch: number
  /** The last one that was looked into. */
  readonly at: Reading
}

/** Up to the first block that is not sound. */
async function follow(
  files: RunFiles,
  readings: readonly Reading[],
  { identity }: Pick<RecoverOptions, "identity">,
): Promise<Followed> {
  const collector = new Collector()
  let epoch = 0
  let read: BlocksRead = { chain: "", goodBytes: 0 }
  let at: Reading = { segment: 0, header: undefined }
  for (const reading of readings) {
    at = reading
    const { header, segment, upTo, chainThere } = reading
    const bad = headerProblem(header, segment, read.chain, readings)
    if (bad !== undefined) return { collector, epoch, at, chain: read.chain, goodBytes: 0, bad }
    read = await readBlocks(readSegment(files, segment), header?.previous ?? "", (block) => collector.take(block), upTo)
    if (read.goodBytes > 0 && header !== undefined) epoch = accepted(header, identity, epoch)
    if (read.bad === undefined && chainThere !== undefined && read.chain !== chainThere)
      read = { ...read, bad: "it does not end where the salvage cut it" }
    if (read.bad !== undefined) break
  }
  return { ...read, collector, epoch, at }
}

/** Segments follow each other without a gap, each on the seal of the one before; only a salvage begins anew. */
function headerProblem(
  header: SegmentHeader | undefined,
  segment: number,
  chain: string,
  readings: readonly Reading[],
): string | undefined {
  if (header === undefined) return "it does not begin with a header"
  const before = readings[readings.findIndex((one) => one.segment === segment) - 1]
  if (header.salvaged === undefined && header.segment !== (before?.segment ?? 0) + 1)
    return `segment ${segment - 1} is missing`
  if (header.previous !== (header.salvaged === undefined ? chain : ""))
    return "it does not follow the segment before it"
  return undefined
}

const FIELDS = ["run", "part", "plan", "manifest", "source", "destination", "keyArn"] as const

/** J6. The highest epoch so far. */
function accepted(header: SegmentHeader, identity: JournalIdentity | undefined, epoch: number): number {
  for (const field of FIELDS)
    if (identity !== undefined && header[field] !== identity[field])
      throw otherPlan(segmentName(header.segment), field, identity[field], header[field])
  return Math.max(epoch, header.epoch)
}

function accept(found: Followed, last: Reading, { endsWith }: RecoverOptions, tornBytes = 0): Recovered {
  const { collector, chain, epoch, goodBytes } = found
  const { segment } = last
  if (endsWith !== undefined && chain !== endsWith)
    throw cannotTrust(segmentName(segment), "it does not end with the seal that the run recorded")
  const torn = tornBytes === 0 ? {} : { torn: { segment, bytes: tornBytes } }
  return {
    ...stateOf(collector),
    chain,
    epoch,
    ...torn,
    ...(collector.ended && goodBytes > 0 && tornBytes === 0 ? {} : { unsure: { segment, soundBytes: goodBytes } }),
    next: { segment: goodBytes === 0 ? segment : segment + 1, previous: chain, ...torn },
  }
}

function stateOf({ settledPages, partial, tally, uploads, ended }: Collector) {
  return { settledPages, partial, tally, ended, openUploads: [...uploads.values()] }
}

/** The sound part again, by itself: the broken block may have been half taken in. */
async function salvage(
  files: RunFiles,
  readings: readonly Reading[],
  { at, goodBytes, chain }: Followed,
  options: RecoverOptions,
): Promise<Recovered> {
  const sound = readings.filter(({ segment }) => segment < at.segment)
  if (goodBytes > 0) sound.push({ ...at, upTo: goodBytes, chainThere: chain })
  const again = await follow(files, sound, options)
  if (again.bad !== undefined) throw cannotTrust(segmentName(again.at.segment), again.bad)
  const salvaged = { segment: again.at.segment, bytes: again.goodBytes, chain: again.chain }
  const segment = Math.max(...readings.map((reading) => reading.segment)) + 1
  const { epoch } = again
  return { ...stateOf(again.collector), chain: again.chain, epoch, next: { segment, previous: "", salvaged } }
}

/**
 * It ends as only a closed journal does. A compressed one always is. A flipped bit in that very end looks like a crash: only
 * `endsWith` tells it apart.
 */
async function isClosed(files: RunFiles, segment: number): Promise<boolean> {
  const name = segmentName(segment)
  if (!(await files.list()).includes(name)) return true
  const length = Buffer.byteLength(END_LINE) + SEAL_LINE_BYTES
  const from = (await files.sizeOf(name)) - length
  const end = from >= 0 ? (await files.readAt(name, from, length)).toString("latin1") : ""
  return end.startsWith(END_LINE) && isSealLine(end.slice(END_LINE.length))
}

/**
 * Before a process goes on: what is torn is cut, and what the last process did not sync to the end is written anew, because a
 * disk whose sync failed may show bytes that it will not have after the next power cut.
 */
export async function mend(files: RunFiles, { unsure }: Recovered): Promise<void> {
  if (unsure === undefined) return
  const name = segmentName(unsure.segment)
  if (unsure.soundBytes === 0) return files.remove(name)
  if (!(await files.list()).includes(name)) return // compressed, which is done to what is synced
  await files.replace(name, await files.readAt(name, 0, unsure.soundBytes))
}
