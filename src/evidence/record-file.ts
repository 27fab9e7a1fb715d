import { z } from "zod"
import { canonicalJson } from "../kernel/canonical-json.ts"
import { digestOf } from "../kernel/digest.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** One file of the store: a record, bound to the one before it. `hash` covers everything but itself. */
export const EvidenceFile = z.strictObject({
  apiVersion: z.literal("dr/v1"),
  kind: z.literal("DrillRecord"),
  /** 1, 2, 3 … without a gap. */
  seq: z.int().min(1),
  /** `hash` of the former file; null in the first. */
  previous: Digest.nullable(),
  run: z.string().min(1),
  writtenAt: z.string(),
  simulated: z.boolean(),
  /** The journal that the record was folded from. */
  journal: z.strictObject({ path: z.string(), sha256: z.string(), events: z.int().min(0) }).optional(),
  /** Written and read by src/rto; to this store it is only something to keep. */
  record: z.unknown(),
  hash: Digest,
})
export type EvidenceFile = z.infer<typeof EvidenceFile>

/** `000001-dr-20261116T020004Z-7f3a.json` */
export const FILE_NAME = /^(\d{6,})-(dr-\d{8}T\d{6}Z-[0-9a-f]{4,8})\.json$/

export function fileName(seq: number, run: string): string {
  return `${numberName(seq)}-${run}.json`
}

/** Folder of the numbers that were taken: hard links to the records. One name for each number, so that only one writer can have it. */
export const NUMBERS = ".numbers"

export function numberName(seq: number): string {
  return String(seq).padStart(6, "0")
}

/** A place where the chain does not hold, named by the file. */
export interface ChainBreak {
  readonly file: string
  readonly why: string
}

export function brokenError(folder: string, breaks: readonly ChainBreak[]): DrError {
  const [first] = breaks
  const more = breaks.length > 1 ? ` (and ${breaks.length - 1} more)` : ""
  return new DrError({
    code: "E_EVIDENCE_BROKEN",
    exit: EXIT.checkSaysNo,
    message: `the chain of records is broken at ${folder}/${first?.file ?? ""}: ${first?.why ?? ""}${more}`,
    hints: ["compare the folder with a copy of it", "keep it as it is and start a new one: --state-dir"],
    details: breaks,
  })
}

/** The bytes that are stored: canonical JSON and a line feed, so that any other byte is an alteration. */
export function sealFile(content: Omit<EvidenceFile, "hash">): { file: EvidenceFile; text: string } {
  const file = { ...content, hash: digestOf(content) }
  return { file, text: `${canonicalJson(file)}\n` }
}

/** The file, or why its bytes are not what was written. */
export function openFile(bytes: Uint8Array): { ok: true; file: EvidenceFile } | { ok: false; why: string } {
  const read = parseCanonical(bytes)
  if (!read.ok) return read
  const parsed = EvidenceFile.safeParse(read.value)
  if (!parsed.success)
    return {
      ok: false,
      why: `not a record file: ${parsed.error.issues.map((issue) => `${issue.path.join(".") || "(top)"} ${issue.message}`).join("; ")}`,
    }
  const { hash, ...content } = parsed.data
  return digestOf(content) === hash
    ? { ok: true, file: parsed.data }
    : { ok: false, why: "altered: its content does not have the hash that it states" }
}

/** Strict: the bytes must be exactly the canonical form of what they say. */
function parseCanonical(bytes: Uint8Array): { ok: true; value: unknown } | { ok: false; why: string } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    if (`${canonicalJson(value)}\n` !== text) return { ok: false, why: "altered: its bytes are not in canonical form" }
    return { ok: true, value }
  } catch (thrown) {
    return { ok: false, why: `altered: not JSON (${messageOf(thrown)})` }
  }
}
