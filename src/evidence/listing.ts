import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { DrError, messageOf } from "../kernel/errors.ts"
import { FILE_NAME, NUMBERS } from "./record-file.ts"

interface NamedRecord {
  readonly name: string
  readonly seq: number
  readonly run: string
}

export interface EvidenceFolder {
  readonly records: readonly NamedRecord[]
  /** Numbers that were ever taken, as far as they are remembered. */
  readonly numbers: ReadonlyArray<{ readonly name: string; readonly seq: number }>
  /** What no writer of ours puts there. */
  readonly foreign: readonly string[]
}

/** A folder that does not exist holds nothing. Sorted by number, then name. */
export async function listFolder(folder: string): Promise<EvidenceFolder> {
  const records: NamedRecord[] = []
  const foreign: string[] = []
  for (const name of await names(folder)) {
    const [, digits, run] = FILE_NAME.exec(name) ?? []
    if (digits !== undefined && run !== undefined) records.push({ name, seq: Number(digits), run })
    else if (name !== NUMBERS && !name.startsWith(".tmp-dr-")) foreign.push(name)
  }
  const numbers = (await names(join(folder, NUMBERS))).map((name) => ({
    name,
    seq: /^\d{6,}$/.test(name) ? Number(name) : Number.NaN,
  }))
  foreign.push(...numbers.filter((number) => Number.isNaN(number.seq)).map((number) => join(NUMBERS, number.name)))
  return {
    records: records.sort((a, b) => a.seq - b.seq),
    numbers: numbers.filter((number) => !Number.isNaN(number.seq)),
    foreign,
  }
}

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (thrown) {
    throw unreadable(path, thrown)
  }
}

/** What cannot be read is not "no evidence": the check must not go on as if nothing were there. */
function unreadable(path: string, cause: unknown): DrError {
  return new DrError({
    code: "E_EVIDENCE_UNREADABLE",
    message: `cannot read evidence at ${path}: ${messageOf(cause)}`,
    hints: ["check --state-dir and its permissions"],
    cause,
  })
}

async function names(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return []
    throw unreadable(folder, thrown)
  }
}
