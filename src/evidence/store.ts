import { link, mkdir, open, unlink } from "node:fs/promises"
import { dirname, join } from "node:path"
import { isRunId } from "../kernel/brands.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { brokenError, fileName, numberName, NUMBERS, openFile, sealFile, type EvidenceFile } from "./record-file.ts"
import { listFolder, readBytes } from "./listing.ts"

export interface NewEvidence {
  readonly record: { readonly run: string; readonly simulated: boolean }
  readonly journal?: { readonly path: string; readonly sha256: string; readonly events: number }
  /** ISO 8601 UTC. */
  readonly writtenAt: string
}

export interface StoredEvidence {
  readonly path: string
  readonly file: EvidenceFile
}

/** Writers that may take the next number before us; more than this is something else. */
const MAX_RACES = 100

/**
 * Adds a record to the end of the chain. Atomic: the file appears whole, under a number that nobody else can take (a hard
 * link fails where something stands), and is on disk when this returns. Calling it twice for one run adds two records.
 * @throws DrError E_EVIDENCE_BROKEN when the end of the chain cannot be trusted, E_EVIDENCE_WRITE when it cannot be written
 */
export async function appendEvidence(folder: string, evidence: NewEvidence): Promise<StoredEvidence> {
  const { run } = evidence.record
  if (!isRunId(run)) throw writeError(folder, `${JSON.stringify(run)} is not a run id`)
  try {
    await mkdir(join(folder, NUMBERS), { recursive: true, mode: 0o700 })
    for (let race = 0; race < MAX_RACES; race++) {
      const written = await tryAppend(folder, evidence)
      if (written !== undefined) return written
    }
  } catch (thrown) {
    throw thrown instanceof DrError ? thrown : writeError(folder, messageOf(thrown), thrown)
  }
  throw writeError(folder, `another writer was faster ${MAX_RACES} times`)
}

/** Undefined when another writer took the number first. */
async function tryAppend(folder: string, evidence: NewEvidence): Promise<StoredEvidence | undefined> {
  const { run, simulated } = evidence.record
  const tail = await readTail(folder)
  const seq = (tail?.seq ?? 0) + 1
  const { file, text } = sealFile({
    apiVersion: "dr/v1",
    kind: "DrillRecord",
    seq,
    previous: tail?.hash ?? null,
    run,
    simulated,
    ...evidence,
  })
  const temporary = join(folder, `.tmp-${run}-${seq}`)
  const path = join(folder, fileName(seq, run))
  await writeDurably(temporary, text)
  try {
    if (!(await linkNew(temporary, join(folder, NUMBERS, numberName(seq))))) return undefined
    await linkNew(temporary, path)
  } finally {
    await unlink(temporary)
  }
  await syncFolder(join(folder, NUMBERS))
  await syncFolder(folder)
  return { path, file }
}

/**
 * The last record. Where a writer died between taking its number and naming its file, the name is given now: the number
 * is a hard link to the whole record.
 */
async function readTail(folder: string): Promise<EvidenceFile | undefined> {
  const { records, numbers } = await listFolder(folder)
  const last = Math.max(0, ...records.map((record) => record.seq), ...numbers.map((number) => number.seq))
  if (last === 0) return undefined
  const named = records.find((record) => record.seq === last)
  const path = named === undefined ? join(NUMBERS, numberName(last)) : named.name
  const read = openFile(await readBytes(join(folder, path)))
  if (!read.ok) throw brokenError(folder, [{ file: path, why: read.why }])
  if (read.file.seq !== last) throw brokenError(folder, [{ file: path, why: `states number ${read.file.seq}` }])
  if (named === undefined) await linkNew(join(folder, path), join(folder, fileName(last, read.file.run)))
  return read.file
}

/** False when something stands at `to` already. */
async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false
    throw thrown
  }
}

/** Leftovers of a writer that died are overwritten: the name holds run and number, and one run writes one at a time. */
async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, "w", 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function writeError(folder: string, why: string, cause?: unknown): DrError {
  return new DrError({
    code: "E_EVIDENCE_WRITE",
    message: `the record could not be written to ${folder}: ${why}`,
    hints: [`check space and rights of ${dirname(folder)}`],
    cause,
  })
}
