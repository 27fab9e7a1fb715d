const LF = 0x0a
/** The third byte of `{"block":…`; no other line has it. */
const SEAL_LETTER = 0x62
/** No block that was ever written is longer: beyond this the file is something else, and must not fill the memory. */
const BLOCK_LIMIT_BYTES = 64 * 1024 * 1024

export interface CutBlock {
  /** Its lines, without the seal. */
  readonly bytes: Buffer
  /** Where each line begins, and last where they end. */
  readonly starts: readonly number[]
  /** The line behind them that says it seals them. */
  readonly seal: Buffer
}

/** Cuts a stream of bytes into blocks. Judges nothing: seals are not checked here. */
export class BlockCutter {
  #data: Buffer = Buffer.alloc(0)
  #starts = [0]
  #lineStart = 0

  /** Bytes behind the last block. */
  get restBytes(): number {
    return this.#data.length
  }

  get isTooLong(): boolean {
    return this.#data.length > BLOCK_LIMIT_BYTES
  }

  *cut(chunk: Buffer): Generator<CutBlock> {
    let from = this.#data.length
    this.#data = from === 0 ? chunk : Buffer.concat([this.#data, chunk])
    for (let end = this.#data.indexOf(LF, from); end !== -1; end = this.#data.indexOf(LF, from)) {
      const start = this.#lineStart
      from = this.#lineStart = end + 1
      if (this.#data[start + 2] !== SEAL_LETTER) {
        this.#starts.push(from)
        continue
      }
      const whole = this.#data
      const starts = this.#starts
      this.#data = whole.subarray(from)
      this.#starts = [0]
      from = this.#lineStart = 0
      yield { bytes: whole.subarray(0, start), starts, seal: whole.subarray(start, end + 1) }
    }
  }
}
