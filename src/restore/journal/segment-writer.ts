import type { RunFile, RunFiles } from "../ports.ts"
import { SEAL_LINE_BYTES, sealLine, sealOf } from "./chain.ts"
import { headerLine, type SegmentHeader } from "./lines.ts"
import { segmentName } from "./segments.ts"

/** One segment while it grows: blocks go in, each sealed on top of the one before. */
export class SegmentWriter {
  readonly name: string
  readonly segment: number
  readonly #file: RunFile
  #chain: string
  #sizeBytes = 0
  #buffer: Buffer = Buffer.alloc(0)

  /** Throws the errors of the file system. The header is on the disk with the first sync. */
  constructor(files: RunFiles, header: SegmentHeader) {
    this.segment = header.segment
    this.name = segmentName(header.segment)
    this.#chain = header.previous
    this.#file = files.create(this.name)
    try {
      this.append(headerLine(header))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Seal of the last block. */
  get chain(): string {
    return this.#chain
  }

  /** Up to the end of the last block that was written whole. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** After an error the file may end in half a block; `sizeBytes` tells where to cut it. */
  append(lines: string): void {
    this.#room(lines.length * 3 + SEAL_LINE_BYTES) // UTF-8 takes at most three bytes for a unit of a string
    const end = this.#buffer.write(lines)
    const chain = sealOf(this.#chain, this.#buffer.subarray(0, end))
    const sealed = end + this.#buffer.write(sealLine(chain), end)
    this.#file.append(this.#buffer.subarray(0, sealed))
    this.#chain = chain
    this.#sizeBytes += sealed
  }

  /** One buffer for all blocks: a new one for each would keep the garbage collector busy. */
  #room(bytes: number): void {
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafe(2 * bytes)
  }

  sync(): Promise<void> {
    return this.#file.sync()
  }

  close(): void {
    this.#file.close()
  }
}
