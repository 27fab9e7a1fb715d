import type { KeyArn } from "../../../src/kernel/brands.ts"
import type { CallError, CallErrorClass, Outcome } from "../../../src/restore/data-plane.ts"
import type { RestoreDeps } from "../../../src/restore/ports.ts"
import type {
  Context,
  GrowingFile,
  ReEncrypted,
  RewrapFileName,
  RewrapFiles,
  RewrapKms,
  RewrapPace,
} from "../../../src/restore/rewrap/ports.ts"

export const FROM = "arn:aws:kms:eu-central-1:111111111111:key/old" as KeyArn
export const TO = "arn:aws:kms:eu-central-1:222222222222:key/new" as KeyArn

/** Everything after this many operations fails, as after kill -9. */
export class Life {
  #left: number
  constructor(operations = Number.POSITIVE_INFINITY) {
    this.#left = operations
  }
  spend(): void {
    if (this.#left-- <= 0) throw new Error("killed")
  }
}

interface Disk {
  bytes: Buffer
  synced: number
}

/** Three files that outlive a process; what was not synced may or may not. */
export class MemoryDisk {
  readonly disks = new Map<RewrapFileName, Disk>()
  input: Buffer
  chunkBytes = 64

  constructor(input: string | Buffer) {
    this.input = Buffer.from(input)
  }

  text(name: RewrapFileName): string {
    return this.disks.get(name)?.bytes.toString() ?? ""
  }

  /** `keep` in [0, 1): how much of each file's unsynced tail survived. */
  powerCut(keep: () => number): void {
    for (const disk of this.disks.values()) {
      const tail = disk.bytes.length - disk.synced
      disk.bytes = disk.bytes.subarray(0, disk.synced + Math.floor(keep() * (tail + 1)))
      disk.synced = disk.bytes.length
    }
  }

  files(life = new Life()): RewrapFiles {
    const { input, chunkBytes } = this
    return {
      inputBytes: input.length,
      input: (from) => chunks(input.subarray(from), chunkBytes, life),
      open: (name) => this.#open(name, life),
    }
  }

  #open(name: RewrapFileName, life: Life): GrowingFile {
    const disk = this.disks.get(name) ?? { bytes: Buffer.alloc(0), synced: 0 }
    this.disks.set(name, disk)
    return {
      path: name,
      sizeBytes: () => disk.bytes.length,
      read: (to) => chunks(disk.bytes.subarray(0, to), this.chunkBytes, life),
      truncate(to) {
        life.spend()
        disk.bytes = disk.bytes.subarray(0, to)
        disk.synced = to
      },
      append(bytes) {
        life.spend()
        disk.bytes = Buffer.concat([disk.bytes, bytes])
      },
      async sync() {
        const until = disk.bytes.length
        await Promise.resolve()
        life.spend()
        disk.synced = until
      },
      close: () => undefined,
    }
  }
}

async function* chunks(bytes: Buffer, size: number, life: Life): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    life.spend()
    yield bytes.subarray(at, at + size)
  }
}

/** `old|k1|{"a":"b"}` in base64: what a fake KMS calls a ciphertext. */
export const wrapped = (key: "old" | "new", plaintext: string, context: Context = {}): string =>
  Buffer.from([key, plaintext, JSON.stringify(context)].join("|")).toString("base64")

export const callError = (kind: CallErrorClass, code: string, ambiguous = false): CallError => ({
  class: kind,
  code,
  message: `said ${code}`,
  facts: { service: "kms", operation: "ReEncrypt", account: "111111111111", region: "eu-central-1" },
  ambiguous,
})

export interface FakeKms extends RewrapKms {
  sent: number
  inFlight: number
  mostInFlight: number
  readonly decrypted: Buffer[]
}

/** Answers as KMS does; `fault` may answer in its place. */
export function fakeKms(
  life = new Life(),
  fault: (nth: number, plaintext: string) => CallError | Partial<ReEncrypted> | undefined = () => undefined,
): FakeKms {
  const open = (ciphertext: string, key: string, context: Context): string | CallError => {
    const [under, plaintext = "", bound] = Buffer.from(ciphertext, "base64").toString().split("|")
    if (under !== key) return callError("refused", "IncorrectKeyException")
    return bound === JSON.stringify(context) ? plaintext : callError("refused", "InvalidCiphertextException")
  }
  const kms: FakeKms = {
    sent: 0,
    inFlight: 0,
    mostInFlight: 0,
    decrypted: [],
    async reEncrypt({ ciphertext, context }): Promise<Outcome<ReEncrypted>> {
      const nth = kms.sent++
      kms.mostInFlight = Math.max(kms.mostInFlight, ++kms.inFlight)
      for (let wait = 0; wait <= (nth * 7) % 5; wait++) await Promise.resolve() // answers overtake each other
      kms.inFlight--
      life.spend()
      const opened = open(ciphertext, "old", context)
      const broken = fault(nth, typeof opened === "string" ? opened : "")
      if (broken !== undefined && "class" in broken) return { kind: "error", error: broken }
      if (typeof opened !== "string") return { kind: "error", error: opened }
      const value = { ciphertext: wrapped("new", opened, context), sourceKeyArn: FROM, keyArn: TO, ...broken }
      return { kind: "ok", value }
    },
    async decrypt({ ciphertext, keyArn, context }) {
      life.spend()
      const opened = open(ciphertext, keyArn === FROM ? "old" : "new", context)
      if (typeof opened !== "string") return { kind: "error", error: opened }
      const value = Buffer.from(opened)
      kms.decrypted.push(value)
      return { kind: "ok", value }
    },
  }
  return kms
}

export const freePace: RewrapPace = { turn: () => Promise.resolve(0), ended: () => undefined }

/** Sleeping takes no time but moves the clock. */
export function quickDeps(
  signal = new AbortController().signal,
): RestoreDeps & { readonly events: [string, object][] } {
  let now = 0
  const events: [string, object][] = []
  return {
    clock: {
      now: () => now,
      mono: () => now,
      async sleep(ms, abort) {
        abort?.throwIfAborted()
        now += ms
      },
    },
    random: () => 0.5,
    emit: (type, data) => void events.push([type, data]),
    signal,
    events,
  }
}
