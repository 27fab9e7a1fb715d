/**
 * Where machines agree on who works for an environment: small numbered records that are written under a condition. Kept in
 * the recovery account, so that it is there when the workload account is not.
 */
export interface FenceStore {
  /** Highest number that is there; undefined = none. */
  latest(): Promise<number | undefined>
  get(epoch: number): Promise<StoredFence | undefined>
  /** The new ETag; undefined = a record with this number is there already. */
  putIfAbsent(epoch: number, record: FenceRecord): Promise<string | undefined>
  /** The new ETag; undefined = it is another one by now, or gone. */
  putIfMatch(epoch: number, record: FenceRecord, etag: string): Promise<string | undefined>
  delete(epoch: number): Promise<void>
}

export interface StoredFence {
  readonly record: FenceRecord
  readonly etag: string
  /** By the clock of the store: the last heartbeat. */
  readonly modifiedAt: number
}

export interface FenceRecord {
  readonly version: 1
  /** `taken`: by the run in `by`, whose number is the next one. */
  readonly state: "held" | "released" | "taken"
  readonly run: string
  readonly kind: string
  readonly holder: FenceHolder
  /** Counts heartbeats, so that no two records of one holder are the same. */
  readonly beat: number
  readonly by?: string
}

/** Enough to tell on the same machine whether the process still lives. */
export interface FenceHolder {
  readonly pid: number
  readonly boot: string
  readonly started: string
}
