import type { Clock } from "../kernel/clock.ts"
import type { Emit } from "../kernel/events.ts"
import type { ListedObject, ManifestPage, Refusal } from "./objects.ts"

/** Everything from outside that the engine needs. */
export interface RestoreDeps {
  readonly clock: Clock
  /** Uniform in [0, 1): jitter only. */
  readonly random: () => number
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** Pages to work on, pulled: what is not asked for is not listed or read. */
export interface PageSource {
  /** Undefined = there are no more. Rejects when they cannot be read. */
  next(): Promise<WorkPage | undefined>
}

export interface WorkPage extends ManifestPage {
  /** Indexes that an earlier process has settled already: counted, not touched. */
  readonly settled?: ReadonlySet<number>
}

/** One object on its way. Lives from the ring until it is settled; routes may note on it what the next attempt must know. */
export interface Item {
  readonly page: number
  readonly index: number
  readonly object: ListedObject
  /** Begun so far, the present one included. */
  attempts: number
  /** An earlier attempt may have been carried out: read back before sending again. */
  doubtful: boolean
}

/** How one attempt at one object ended. Only `again` comes back. */
export type Attempt = Settled | Again | Fatal

export type Settled =
  | { readonly kind: "done"; readonly proof: Proof }
  | { readonly kind: "failed"; readonly why: string; readonly message: string }
  | { readonly kind: "skipped"; readonly why: Refusal; readonly message: string }
  /** Nobody could tell whether it is there: never counted as success. */
  | { readonly kind: "unknown"; readonly message: string }

export interface Again {
  readonly kind: "again"
  readonly cause: "throttled" | "kms-throttled" | "transient" | "conflict"
  readonly message: string
}

/** One more of these in a row and the whole run stops: the next object would fare the same. */
export interface Fatal {
  readonly kind: "fatal"
  readonly why: "access-denied" | "key-state" | "credentials" | "wrong-region" | "not-supported"
  /** Names the action and the ARN. */
  readonly message: string
}

/** What is known of an object at the destination, and how. */
export interface Proof {
  /** `answer`: its own validated answer; `head`: read back by HEAD; `bytes`: both sides hashed. */
  readonly by: "answer" | "head" | "bytes"
  readonly etag: string
  readonly versionId?: string
  /** `algorithm:value` */
  readonly checksum?: string
  /** Of the call that made it, for the join with CloudTrail. */
  readonly requestId?: string
  /** It was there already, made by an attempt whose answer was lost. */
  readonly adopted?: true
}

/** Sums that must close: listed = done + failed + skipped + unknown. */
export interface Accounts {
  readonly listed: number
  readonly done: number
  readonly failed: number
  readonly skipped: number
  readonly unknown: number
  readonly bytesDone: number
  /** Attempts that AWS throttled. */
  readonly throttled: number
  /** All attempts. */
  readonly attempts: number
}

/**
 * Files of one run, in one folder; implemented in src/runtime (and by CrashFS in tests). Names are plain file names.
 * Errors of the file system are thrown as they are: ENOSPC, EIO, EROFS.
 */
export interface RunFiles {
  /** Must not exist. Mode 0600; the folder is synced before it returns, so the name outlives a power cut. */
  create(name: string): RunFile
  /** Chunks of the file from `fromByte`. Rejects when it is not there. */
  read(name: string, fromByte?: number): AsyncIterable<Buffer>
  /** Exactly `length` bytes at `offset`, or fewer at the end of the file. */
  readAt(name: string, offset: number, length: number): Promise<Buffer>
  /** Sorted. */
  list(): Promise<readonly string[]>
  sizeOf(name: string): Promise<number>
  /** Old content or new content, never half: temporary file, fsync, rename, fsync of the folder. */
  replace(name: string, content: string | Buffer): Promise<void>
  /** Cuts the file's tail; synced. */
  truncate(name: string, length: number): Promise<void>
  remove(name: string): Promise<void>
}

export interface RunFile {
  /** At the end. Short writes are continued. */
  append(bytes: Buffer): void
  /** fdatasync, off the event loop. After an error the file must not be used again (journal rule J4). */
  sync(): Promise<void>
  close(): void
}
