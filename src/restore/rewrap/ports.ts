import type { KeyArn } from "../../kernel/brands.ts"
import type { Outcome } from "../data-plane.ts"

/** KMS in one Region as one identity. Nothing here retries and nothing throws for an answer of AWS. */
export interface RewrapKms {
  /** May be sent again after a lost answer: it makes a ciphertext and changes nothing. */
  reEncrypt(request: ReEncryptRequest): Promise<Outcome<ReEncrypted>>
  /** The caller overwrites the bytes when it has compared them. */
  decrypt(request: DecryptRequest): Promise<Outcome<Buffer>>
}

interface ReEncryptRequest {
  /** Base64. */
  readonly ciphertext: string
  readonly from: KeyArn
  readonly to: KeyArn
  /** The same on both sides. */
  readonly context: Context
}

interface DecryptRequest {
  /** Base64. */
  readonly ciphertext: string
  readonly keyArn: KeyArn
  readonly context: Context
}

/** Encryption context; empty = none. */
export type Context = Readonly<Record<string, string>>

/** As KMS said it: the engine holds it against the plan. */
export interface ReEncrypted {
  readonly ciphertext: string
  readonly sourceKeyArn: string
  readonly keyArn: string
}

/** Keeps KMS's pace. `turn` resolves to a ticket when one more request may be sent; `ended` says how it was answered. */
export interface RewrapPace {
  turn(): Promise<number>
  ended(ticket: number, answer: "ok" | "throttled" | "neutral"): void
}

/** The three files of a rewrap beside its input. Errors of the file system are thrown as they are. */
export interface RewrapFiles {
  readonly inputBytes: number
  /** Chunks of the input from `fromByte` to its end. */
  input(fromByte: number): AsyncIterable<Buffer>
  /** Made when it is not there, mode 0600, and then its folder is synced. */
  open(name: RewrapFileName): GrowingFile
}

/** `marks`: how far all three have come, a line for each group that is on the disk. */
export type RewrapFileName = "out" | "failed" | "marks"

export interface GrowingFile {
  readonly path: string
  sizeBytes(): number
  read(toByte: number): AsyncIterable<Buffer>
  /** Cuts the tail; synced. */
  truncate(toByte: number): void
  /** At the end. Short writes are continued. */
  append(bytes: Buffer): void
  /** fdatasync, off the event loop. */
  sync(): Promise<void>
  close(): void
}
