import type { RunFile, RunFiles } from "../../../src/restore/ports.ts"

/** A change of the disk, as far as a power cut is concerned. */
type Change =
  | { readonly kind: "create"; readonly name: string }
  | { readonly kind: "append"; readonly name: string; readonly bytes: Buffer }
  /** Up to `length` the content outlives a power cut. */
  | { readonly kind: "sync"; readonly name: string; readonly length: number }
  /** Its sync failed: what is in the file now is lost at a power cut, whatever later syncs say. */
  | { readonly kind: "doom"; readonly name: string }
  | { readonly kind: "replace"; readonly name: string; readonly bytes: Buffer }
  | { readonly kind: "truncate"; readonly name: string; readonly length: number }
  | { readonly kind: "remove"; readonly name: string }

interface Content {
  readonly bytes: Buffer
  readonly synced: number
  readonly doomed?: true
}

type Disk = ReadonlyMap<string, Content>

export interface Fault {
  readonly code: "ENOSPC" | "EIO" | "EROFS"
  /** From this change on (0 = the first). */
  readonly from: number
  /** Left out = for good. */
  readonly times?: number
}

/** What may be found after a power cut, and how many changes were behind it. */
export interface CrashState {
  readonly files: CrashFiles
  readonly changes: number
}

/**
 * Files in memory that remember every change, so that all states that a power cut may leave can be told: of bytes that
 * were not synced any prefix is there, with or without zeros in place of the rest; a replacement is there or not; a name is
 * there or not until the call that makes it durable returns. Also a disk that fills up, fails or turns read-only.
 */
export class CrashFiles implements RunFiles {
  readonly changes: Change[] = []
  /** Bytes that all files together may hold. */
  capacityBytes = Infinity
  fault: Fault | undefined
  readonly #before: Disk
  #disk: Disk

  constructor(disk: Disk = new Map()) {
    this.#before = disk
    this.#disk = disk
  }

  create(name: string): RunFile {
    if (this.#disk.has(name)) throw fileError("EEXIST", name)
    this.#change({ kind: "create", name })
    let failed = false
    return {
      append: (bytes) => {
        if (failed) throw fileError("EBADF", name)
        const room = this.capacityBytes - this.#used()
        if (bytes.length <= room) return this.#change({ kind: "append", name, bytes: Buffer.from(bytes) })
        if (room > 0) this.#change({ kind: "append", name, bytes: Buffer.from(bytes.subarray(0, room)) })
        throw fileError("ENOSPC", name)
      },
      sync: async () => {
        const { length } = this.#content(name).bytes // what comes while the disk is busy is not covered
        await Promise.resolve()
        try {
          if (failed) throw fileError("EBADF", name)
          this.#change({ kind: "sync", name, length })
        } catch (error) {
          failed = true // J4: whoever goes on with it is found out
          this.#apply({ kind: "doom", name })
          throw error
        }
      },
      close: () => {},
    }
  }

  async *read(name: string, fromByte = 0): AsyncIterable<Buffer> {
    const { bytes } = this.#content(name)
    const step = 1 + (bytes.length % 9973) // chunks that end anywhere
    for (let at = fromByte; at < bytes.length; at += step) yield Buffer.from(bytes.subarray(at, at + step))
  }

  readAt(name: string, offset: number, length: number): Promise<Buffer> {
    return Promise.resolve(Buffer.from(this.#content(name).bytes.subarray(offset, offset + length)))
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.#disk.keys()].toSorted())
  }

  sizeOf(name: string): Promise<number> {
    return Promise.resolve(this.#content(name).bytes.length)
  }

  async replace(name: string, content: string | Buffer): Promise<void> {
    const bytes = Buffer.from(content)
    if (bytes.length > this.capacityBytes - this.#used()) throw fileError("ENOSPC", name) // old and new side by side
    await Promise.resolve()
    this.#change({ kind: "replace", name, bytes })
  }

  async truncate(name: string, length: number): Promise<void> {
    this.#content(name)
    await Promise.resolve()
    this.#change({ kind: "truncate", name, length })
  }

  async remove(name: string): Promise<void> {
    this.#content(name)
    await Promise.resolve()
    this.#change({ kind: "remove", name })
  }

  /** For tests that tamper. */
  bytesOf(name: string): Buffer {
    return Buffer.from(this.#content(name).bytes)
  }

  with(name: string, bytes: Buffer): CrashFiles {
    return new CrashFiles(new Map([...this.#disk, [name, { bytes, synced: bytes.length }]]))
  }

  /** The process is killed: what it wrote is in the page cache and stays. */
  afterKill(): CrashFiles {
    return new CrashFiles(new Map([...this.#disk].map(([name, { bytes }]) => [name, { bytes, synced: bytes.length }])))
  }

  /** Everything that may be found after a power cut at any moment, up to `perMoment` prefixes for each. */
  *powerCuts(perMoment: number): Generator<CrashState> {
    let disk = this.#before
    yield* cutsOf(disk, 0, perMoment)
    for (const [index, change] of this.changes.entries()) {
      disk = applied(disk, change)
      yield* cutsOf(disk, index + 1, perMoment)
    }
  }

  /** The next process on the same machine: it sees what the page cache has, synced or not. */
  forNextProcess(): CrashFiles {
    return new CrashFiles(this.#disk)
  }

  #change(change: Change): void {
    const { fault } = this
    const at = this.changes.length + this.#refused
    if (fault !== undefined && at >= fault.from && at < fault.from + (fault.times ?? Infinity)) {
      this.#refused++
      if (change.kind === "append" && fault.code === "ENOSPC" && change.bytes.length > 1)
        this.#apply({ ...change, bytes: change.bytes.subarray(0, change.bytes.length >> 1) })
      throw fileError(fault.code, change.name)
    }
    this.#apply(change)
  }

  #refused = 0

  #apply(change: Change): void {
    this.changes.push(change)
    this.#disk = applied(this.#disk, change)
  }

  #content(name: string): Content {
    const content = this.#disk.get(name)
    if (content === undefined) throw fileError("ENOENT", name)
    return content
  }

  #used(): number {
    return [...this.#disk.values()].reduce((sum, { bytes }) => sum + bytes.length, 0)
  }
}

const NOTHING: Content = { bytes: Buffer.alloc(0), synced: 0 }

function applied(disk: Disk, change: Change): Disk {
  const next = new Map(disk)
  const { bytes, synced, doomed } = disk.get(change.name) ?? NOTHING
  switch (change.kind) {
    case "create":
      return next.set(change.name, { bytes: Buffer.alloc(0), synced: 0 })
    case "append":
      return next.set(change.name, {
        bytes: Buffer.concat([bytes, change.bytes]),
        synced,
        ...(doomed ? { doomed } : {}),
      })
    case "sync":
      return doomed ? next : next.set(change.name, { bytes, synced: Math.max(synced, change.length) })
    case "doom":
      return next.set(change.name, { bytes, synced, doomed: true })
    case "replace":
      return next.set(change.name, { bytes: change.bytes, synced: change.bytes.length })
    case "truncate":
      return next.set(change.name, { bytes: bytes.subarray(0, change.length), synced: change.length })
    case "remove":
      next.delete(change.name)
      return next
  }
}

/** The moment after a change. The moment within one is the same as before or after it, but for the prefixes of an append. */
function* cutsOf(disk: Disk, changes: number, perMoment: number): Generator<CrashState> {
  const unsynced = [...disk].filter(([, { bytes, synced }]) => bytes.length > synced)
  if (unsynced.length === 0) return yield { files: new CrashFiles(disk), changes }
  for (const [name, { bytes, synced }] of unsynced)
    for (const length of lengthsBetween(synced, bytes.length, perMoment))
      for (const hole of length < bytes.length ? [false, true] : [false]) {
        const left = Buffer.from(bytes.subarray(0, hole ? bytes.length : length))
        left.fill(0, length)
        const others = [...disk].map(([other, content]) => [other, durable(content)] as const)
        yield { files: new CrashFiles(new Map([...others, [name, { bytes: left, synced: left.length }]])), changes }
      }
}

function durable({ bytes, synced }: Content): Content {
  return { bytes: bytes.subarray(0, synced), synced }
}

/** Both ends and some in between, spread evenly. */
function lengthsBetween(least: number, most: number, count: number): number[] {
  const steps = Math.min(count - 1, most - least)
  return Array.from({ length: steps + 1 }, (_, step) => least + Math.floor(((most - least) * step) / steps))
}

function fileError(code: string, name: string): Error {
  return Object.assign(new Error(`${code}: ${name}`), { code })
}
