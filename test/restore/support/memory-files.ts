import type { RunFile, RunFiles } from "../../../src/restore/ports.ts"

/** A folder in memory. Reads come in chunks of `chunkBytes`, so that lines are cut anywhere. */
export class MemoryFiles implements RunFiles {
  readonly contents = new Map<string, Buffer>()
  readonly #chunkBytes: number

  constructor(chunkBytes = 64 * 1024) {
    this.#chunkBytes = chunkBytes
  }

  create(name: string): RunFile {
    if (this.contents.has(name)) throw Object.assign(new Error(`${name} exists`), { code: "EEXIST" })
    const chunks: Buffer[] = []
    this.contents.set(name, Buffer.alloc(0))
    return {
      append: (bytes) => {
        chunks.push(Buffer.from(bytes))
        this.contents.set(name, Buffer.concat(chunks))
      },
      sync: async () => undefined,
      close: () => undefined,
    }
  }

  async *read(name: string, fromByte = 0): AsyncIterable<Buffer> {
    const bytes = this.#get(name)
    for (let at = fromByte; at < bytes.length; at += this.#chunkBytes) yield bytes.subarray(at, at + this.#chunkBytes)
  }

  async readAt(name: string, offset: number, length: number): Promise<Buffer> {
    return this.#get(name).subarray(offset, offset + length)
  }

  async list(): Promise<readonly string[]> {
    return [...this.contents.keys()].toSorted()
  }

  async sizeOf(name: string): Promise<number> {
    return this.#get(name).length
  }

  async replace(name: string, content: string | Buffer): Promise<void> {
    this.contents.set(name, Buffer.from(content))
  }

  async truncate(name: string, length: number): Promise<void> {
    this.contents.set(name, this.#get(name).subarray(0, length))
  }

  async remove(name: string): Promise<void> {
    this.contents.delete(name)
  }

  #get(name: string): Buffer {
    const bytes = this.contents.get(name)
    if (bytes === undefined) throw Object.assign(new Error(`${name} is not there`), { code: "ENOENT" })
    return bytes
  }
}
