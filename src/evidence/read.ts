import { join } from "node:path"
import { listFolder, readBytes, type EvidenceFolder } from "./listing.ts"
import { fileName, NUMBERS, openFile, type ChainBreak, type EvidenceFile } from "./record-file.ts"

export interface Evidence {
  /** What could be read, in order. With any break they prove nothing: show them, never judge by them. */
  readonly files: readonly EvidenceFile[]
  readonly breaks: readonly ChainBreak[]
}

/** Reads the whole store and checks every link: contents, numbers, order, names, and that nothing stands between. Writes nothing. */
export async function readEvidence(folder: string): Promise<Evidence> {
  const listed = await listFolder(folder)
  const breaks: ChainBreak[] = listed.foreign.map((file) => ({
    file,
    why: "foreign: no writer of dr puts such a file here",
  }))
  const files: EvidenceFile[] = []
  let former: { seq: number; hash: string | undefined } = { seq: 0, hash: undefined }
  for (const { name, seq, run } of listed.records) {
    const read = openFile(await readBytes(join(folder, name)))
    breaks.push(...numberBreaks(name, seq, former.seq))
    const file = read.ok ? read.file : undefined
    if (!read.ok) breaks.push({ file: name, why: read.why })
    if (file !== undefined) {
      breaks.push(...linkBreaks(name, file, { seq, run }, former))
      files.push(file)
    }
    former = { seq, hash: file?.hash }
  }
  breaks.push(...(await takenBreaks(folder, listed)))
  return { files, breaks }
}

function numberBreaks(name: string, seq: number, former: number): ChainBreak[] {
  if (seq === former + 1) return []
  if (seq === former) return [{ file: name, why: `reordered: number ${seq} is there twice` }]
  const missing =
    seq - former === 2 ? `record ${former + 1} is missing` : `records ${former + 1} to ${seq - 1} are missing`
  return [{ file: name, why: `missing number: ${missing} before it` }]
}

function linkBreaks(
  name: string,
  file: EvidenceFile,
  named: { seq: number; run: string },
  former: { seq: number; hash: string | undefined },
): ChainBreak[] {
  if (file.seq !== named.seq || file.run !== named.run)
    return [{ file: name, why: `reordered: it was written as ${fileName(file.seq, file.run)}` }]
  const follows = file.seq === 1 ? file.previous === null : former.hash !== undefined && file.previous === former.hash
  if (follows || (former.hash === undefined && former.seq > 0)) return [] // the former is broken itself and named already
  return [
    {
      file: name,
      why:
        file.seq === 1
          ? "reordered: the first record names a former one"
          : "altered or reordered: it does not follow the record before it",
    },
  ]
}

/** Every number that was taken must still have its record, with the same bytes: so removed newest records are noticed too. */
async function takenBreaks(folder: string, listed: EvidenceFolder): Promise<ChainBreak[]> {
  const breaks: ChainBreak[] = listed.records
    .filter((record) => !listed.numbers.some((number) => number.seq === record.seq))
    .map((record) => ({
      file: record.name,
      why: `altered: its number is not in ${NUMBERS}, a writer puts it there first`,
    }))
  for (const number of listed.numbers) {
    const link = join(NUMBERS, number.name)
    const record = listed.records.find((candidate) => candidate.seq === number.seq)
    if (record === undefined) {
      breaks.push({ file: link, why: `truncated: number ${number.seq} was taken, its record is gone` })
      continue
    }
    const [there, here] = [await readBytes(join(folder, link)), await readBytes(join(folder, record.name))]
    if (Buffer.compare(there, here) !== 0) breaks.push({ file: link, why: `altered: it differs from ${record.name}` })
  }
  return breaks
}
