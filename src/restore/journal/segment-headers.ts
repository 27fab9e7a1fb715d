import type { RunFiles } from "../ports.ts"
import { readSegment } from "./compress.ts"
import type { SegmentHeader } from "./lines.ts"
import { segmentsIn } from "./segments.ts"

const LF = 0x0a
const HEADER_LIMIT_BYTES = 64 * 1024

/** A segment and how much of it counts: all, or what a salvage kept of it. */
export interface Reading {
  readonly segment: number
  /** Undefined = its first line is no header. */
  readonly header: SegmentHeader | undefined
  /** Bytes; undefined = all. */
  readonly upTo?: number
  /** The seal that must stand there. */
  readonly chainThere?: string
}

/** All segments that count, in order. What a salvage gave up is left out. */
export async function readingsOf(files: RunFiles): Promise<readonly Reading[]> {
  const numbers = await segmentsIn(files)
  const headers = new Map<number, SegmentHeader | undefined>()
  for (const segment of numbers) headers.set(segment, await headerOf(files, segment))
  const order: Reading[] = []
  let kept: Pick<Reading, "upTo" | "chainThere"> = {}
  for (let segment = numbers.at(-1) ?? 0; segment > 0;) {
    const header = headers.get(segment)
    order.unshift({ segment, header, ...kept })
    const { salvaged } = header ?? {}
    kept = salvaged === undefined ? {} : { upTo: salvaged.bytes, chainThere: salvaged.chain }
    segment = salvaged?.segment ?? segment - 1
  }
  return order
}

async function headerOf(files: RunFiles, segment: number): Promise<SegmentHeader | undefined> {
  try {
    const header = JSON.parse(await firstLine(readSegment(files, segment))) as Partial<SegmentHeader>
    return header.journal === 1 && header.segment === segment ? (header as SegmentHeader) : undefined
  } catch {
    return undefined // judged by where the segment stands
  }
}

/** Cut off where no header is that long. */
async function firstLine(chunks: AsyncIterable<Buffer>): Promise<string> {
  let line = Buffer.alloc(0)
  for await (const chunk of chunks) {
    line = Buffer.concat([line, chunk])
    if (line.includes(LF) || line.length > HEADER_LIMIT_BYTES) break
  }
  return line.toString("utf8", 0, Math.max(0, line.indexOf(LF)))
}
