import { messageOf } from "../../kernel/errors.ts"
import { BlockCutter, type CutBlock } from "./block-cutter.ts"
import { sealLine, sealOf } from "./chain.ts"

export interface BlocksRead {
  /** Seal of the last sound block. */
  readonly chain: string
  /** Offset behind it. */
  readonly goodBytes: number
  /** Why what follows is not sound; undefined = nothing follows. */
  readonly bad?: string
}

/**
 * Follows the chain through one segment, a block in memory at a time. `take` gets each block after its seal was checked, and
 * says what is wrong with its lines, if anything is. Stops behind `upTo` bytes.
 */
export async function readBlocks(
  chunks: AsyncIterable<Buffer>,
  previous: string,
  take: (block: CutBlock) => string | undefined,
  upTo = Infinity,
): Promise<BlocksRead> {
  const cutter = new BlockCutter()
  let read: BlocksRead = { chain: previous, goodBytes: 0 }
  try {
    for await (const chunk of chunks) {
      for (const block of cutter.cut(chunk)) {
        if (read.goodBytes >= upTo) return read
        const chain = sealOf(read.chain, block.bytes)
        const bad = block.seal.equals(Buffer.from(sealLine(chain))) ? take(block) : "a seal does not fit what it seals"
        if (bad !== undefined) return { ...read, bad }
        read = { chain, goodBytes: read.goodBytes + block.bytes.length + block.seal.length }
      }
      if (cutter.isTooLong) return { ...read, bad: "a block has no end" }
    }
  } catch (error) {
    return { ...read, bad: `it cannot be read: ${messageOf(error)}` }
  }
  return cutter.restBytes === 0 || read.goodBytes >= upTo ? read : { ...read, bad: "its last block is not whole" }
}
