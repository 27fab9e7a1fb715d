import type { RunFiles } from "../ports.ts"

export const SEGMENT_BYTES = 64 * 1024 * 1024

const NAME = /^objects-(\d{6})\.ndjson(\.gz)?$/

/** `objects-000001.ndjson`; a closed one may be compressed. */
export const segmentName = (segment: number): string => `objects-${String(segment).padStart(6, "0")}.ndjson`
export const compressedName = (segment: number): string => `${segmentName(segment)}.gz`

/** Numbers of the segments that are there, rising. */
export async function segmentsIn(files: RunFiles): Promise<readonly number[]> {
  const found = (await files.list()).flatMap((name) => NAME.exec(name)?.[1] ?? [])
  return [...new Set(found.map(Number))].sort((a, b) => a - b)
}
