import { createHash } from "node:crypto"

/** Which rows there are, whatever their order: two tables with the same sum list the same objects. Memory does not grow. */
export class RowsDigest {
  #high = 0n
  #low = 0n
  #rows = 0

  get rows(): number {
    return this.#rows
  }

  add(bucket: string, key: string, versionId: string): void {
    const sum = createHash("sha256").update(`${bucket}\0${versionId}\0${key}`).digest()
    this.#high = BigInt.asUintN(64, this.#high + sum.readBigUInt64BE(0))
    this.#low = BigInt.asUintN(64, this.#low + sum.readBigUInt64BE(8))
    this.#rows++
  }

  /** The sum of all rows of this one and the others. */
  get text(): string {
    return `${this.#rows}:${this.#high.toString(16)}:${this.#low.toString(16)}`
  }
}
