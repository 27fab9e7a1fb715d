import { createHash, type Hash } from "node:crypto"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { START, type InputPosition } from "./input-lines.ts"
import { lastMark, type Mark } from "./marks.ts"
import type { GrowingFile, RewrapFiles } from "./ports.ts"
import { planDigest, type RewrapCounts, type RewrapPlan } from "./rewrap-plan.ts"

export interface Resumed {
  readonly position: InputPosition
  readonly counts: RewrapCounts
  readonly outHash: Hash
  readonly failedHash: Hash
  /** Nothing was there. */
  readonly fresh: boolean
}

/** The three files, open, and where the work goes on. */
export interface OpenFiles {
  readonly out: GrowingFile
  readonly failed: GrowingFile
  readonly marks: GrowingFile
}

const NOTHING: RewrapCounts = { listed: 0, done: 0, failed: 0, unknown: 0 }

/**
 * Believes the last whole mark and nothing else: the tails behind it are cut, and what it covers must be there unchanged, in the
 * input too. The keys that are done are counted in the output itself.
 * @throws DrError E_REWRAP_OTHER_PLAN (64), E_REWRAP_INPUT_CHANGED, E_REWRAP_OUTPUT_CHANGED, E_REWRAP_MARKS (1)
 */
export async function resume(files: RewrapFiles, open: OpenFiles, plan: RewrapPlan): Promise<Resumed> {
  const { mark, goodBytes } = await lastMark(open.marks)
  if (mark === undefined) {
    mustBeOurs(open)
    open.marks.truncate(0)
    const [outHash, failedHash] = [createHash("sha256"), createHash("sha256")]
    return { position: START(), counts: NOTHING, outHash, failedHash, fresh: true }
  }
  if (mark.plan !== planDigest(plan)) throw otherPlan(open.out.path)
  const position = await verifiedInput(files, mark)
  const out = await verifiedOutput(open.out, mark.outBytes, mark.outSha256)
  const failed = await verifiedOutput(open.failed, mark.failedBytes, mark.failedSha256)
  if (out.lines !== mark.counts.done || failed.lines !== mark.counts.failed + mark.counts.unknown)
    throw outputChanged(open.out.path)
  open.marks.truncate(goodBytes)
  cut(open, mark.outBytes, mark.failedBytes)
  return { position, counts: mark.counts, outHash: out.hash, failedHash: failed.hash, fresh: false }
}

/** The first mark is on the disk before the first key: an output without one is somebody else's. */
function mustBeOurs({ out, failed }: OpenFiles): void {
  const stranger = [out, failed].find((file) => file.sizeBytes() > 0)
  if (stranger !== undefined)
    throw new DrError({
      code: "E_REWRAP_OUT_EXISTS",
      exit: EXIT.usage,
      message: `${stranger.path} is there already and no run of dr restore rewrap began it`,
      hints: ["name another --out, or move the file away"],
    })
}

function cut({ out, failed }: OpenFiles, outBytes: number, failedBytes: number): void {
  out.truncate(outBytes)
  failed.truncate(failedBytes)
}

async function verifiedInput(files: RewrapFiles, mark: Mark): Promise<InputPosition> {
  const hash = createHash("sha256")
  let settled = mark.inputBytes === 0 ? hash.copy() : undefined
  let [at, last] = [0, 0x0a]
  for await (const chunk of files.input(0)) {
    const part = chunk.subarray(0, mark.readBytes - at)
    const before = mark.inputBytes - at
    if (before > 0 && before <= part.length) {
      settled = hash.copy().update(part.subarray(0, before))
      last = part[before - 1] ?? 0
    }
    hash.update(part)
    at += part.length
    if (at >= mark.readBytes) break
  }
  // A last line without a line feed was settled as it was; it must not have grown.
  const grown = last !== 0x0a && files.inputBytes > mark.inputBytes
  if (settled === undefined || at !== mark.readBytes || hash.digest("hex") !== mark.readSha256 || grown)
    throw inputChanged(mark)
  return { line: mark.line, byte: mark.inputBytes, hash: settled }
}

async function verifiedOutput(
  file: GrowingFile,
  bytes: number,
  sha256: string,
): Promise<{ readonly hash: Hash; readonly lines: number }> {
  const hash = createHash("sha256")
  let lines = 0
  if (file.sizeBytes() < bytes) throw outputChanged(file.path)
  for await (const chunk of file.read(bytes)) {
    hash.update(chunk)
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines++
  }
  if (hash.copy().digest("hex") !== sha256) throw outputChanged(file.path)
  return { hash, lines }
}

const another = "name another --out: keys that are done may be done again without harm"

const otherPlan = (path: string): DrError =>
  new DrError({
    code: "E_REWRAP_OTHER_PLAN",
    exit: EXIT.usage,
    message: `${path} was begun with other keys or another --verify`,
    hints: ["give the same --from, --to and --verify to go on", another],
  })

const inputChanged = ({ line }: Mark): DrError =>
  new DrError({
    code: "E_REWRAP_INPUT_CHANGED",
    exit: EXIT.failed,
    message: `the input is not the one that the run began with: its first ${line} lines are settled and have changed`,
    hints: ["bring the input back as it was, then the same command again", another],
  })

const outputChanged = (path: string): DrError =>
  new DrError({
    code: "E_REWRAP_OUTPUT_CHANGED",
    exit: EXIT.failed,
    message: `${path} is not as the run left it`,
    hints: [another],
  })
