import { pipeline, Readable } from "node:stream"
import { constants, createGunzip, createGzip, type Gunzip, type Gzip } from "node:zlib"
import type { RunFiles } from "../ports.ts"
import { compressedName, segmentName } from "./segments.ts"

/** The two bytes of a gzip header that may differ between machines are fixed, so that a flipped bit there is seen. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])

/**
 * Compresses a closed segment. The plain file goes only when the other one is on the disk: a crash leaves one of them, or
 * both, and both say the same.
 */
export async function compressSegment(files: RunFiles, segment: number): Promise<void> {
  const name = segmentName(segment)
  const parts: Buffer[] = []
  for await (const part of through(files.read(name), createGzip({ level: constants.Z_BEST_SPEED }))) parts.push(part)
  const content = Buffer.concat(parts)
  HEADER.copy(content)
  await files.replace(compressedName(segment), content)
  await files.remove(name)
}

/** The bytes of a segment, however it is stored. Rejects when a compressed one is damaged. */
export async function* readSegment(files: RunFiles, segment: number): AsyncIterable<Buffer> {
  if ((await files.list()).includes(segmentName(segment))) return yield* files.read(segmentName(segment))
  const name = compressedName(segment)
  if (!(await files.readAt(name, 0, HEADER.length)).equals(HEADER)) throw new RangeError("no gzip header of ours")
  yield* through(files.read(name), createGunzip())
}

/** The reader may stop early and gets every error; nobody else has to hear of either. */
async function* through(source: AsyncIterable<Buffer>, transform: Gzip | Gunzip): AsyncIterable<Buffer> {
  transform.on("error", () => {})
  pipeline(Readable.from(source), transform, () => {})
  for await (const chunk of transform) yield chunk as Buffer
}
