import type { ByteRange } from "./context.ts"

/** Cuts an object into parts of equal size, the last one shorter; together exactly its bytes. */
export function rangesOf(sizeBytes: number, partBytes: number): ByteRange[] {
  const ranges: ByteRange[] = []
  for (let fromByte = 0; fromByte < sizeBytes; fromByte += partBytes)
    ranges.push({ fromByte, toByte: Math.min(fromByte + partBytes, sizeBytes) - 1 })
  return ranges
}
