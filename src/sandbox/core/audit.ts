import type { Denial } from "../authorize/denial.ts"
import type { Caller } from "./exchange.ts"

/** One call as it was answered. Never carries bodies or secrets. */
export interface AuditEntry {
  readonly seq: number
  /** Virtual epoch milliseconds. */
  readonly at: number
  readonly requestId: string
  readonly service: string
  readonly operation: string
  readonly region: string
  readonly account: string
  readonly principal: string
  readonly status: number
  /** AWS's error code; undefined = the call succeeded. */
  readonly error?: string
  readonly message?: string
  /** The id of the fault that was injected. */
  readonly fault?: string
  /** Who or what refused: the deciding layer and statements. */
  readonly denial?: Denial
  /** Of whoever signed; absent when the signature proved nobody. */
  readonly identity?: AuditIdentity
  /** Names and ARNs of what the call was about. */
  readonly resources?: readonly string[]
}

/** What CloudTrail tells of a caller besides the ARN. */
export interface AuditIdentity {
  readonly accessKeyId: string
  readonly userId: string
  readonly session?: { readonly roleArn: string; readonly sourceIdentity?: string }
}

export function auditIdentity({ accessKeyId, userId, session }: Caller): AuditIdentity {
  if (session === undefined) return { accessKeyId, userId }
  const { roleArn, sourceIdentity } = session
  return { accessKeyId, userId, session: { roleArn, ...(sourceIdentity === undefined ? {} : { sourceIdentity }) } }
}

export interface AuditLog {
  write(entry: Omit<AuditEntry, "seq">): void
  /** Oldest first; at most `limit` of the newest. */
  read(limit?: number): AuditEntry[]
  /** `kms:Decrypt` → calls since the start, successful or not. Never forgets, unlike the ring. */
  counts(): Readonly<Record<string, number>>
}

export function auditLog(capacity = 50_000): AuditLog {
  const ring: AuditEntry[] = []
  const counters = new Map<string, number>()
  let seq = 0
  return {
    write(entry) {
      ring[seq % capacity] = { seq, ...entry }
      seq++
      const name = `${entry.service}:${entry.operation}`
      counters.set(name, (counters.get(name) ?? 0) + 1)
    },
    read(limit = capacity) {
      const ordered = seq <= capacity ? ring.slice() : [...ring.slice(seq % capacity), ...ring.slice(0, seq % capacity)]
      return limit >= ordered.length ? ordered : ordered.slice(ordered.length - limit)
    },
    counts: () => Object.fromEntries(counters),
  }
}
