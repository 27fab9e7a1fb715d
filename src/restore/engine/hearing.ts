import type { Attempt } from "../ports.ts"
import type { Heard } from "./pacer.ts"

/** What one answer says about each limit, and about the service. */
export interface Hearing {
  readonly partition: Heard
  readonly kms: Heard
  readonly transient: boolean
}

const DONE: Hearing = { partition: "ok", kms: "ok", transient: false }
/** It came through S3's limiter, but perhaps not as far as KMS. */
const ANSWERED: Hearing = { partition: "ok", kms: "neutral", transient: false }
const NOTHING: Hearing = { partition: "neutral", kms: "neutral", transient: false }
const THROTTLED: Hearing = { partition: "throttled", kms: "neutral", transient: false }
const KMS_THROTTLED: Hearing = { partition: "neutral", kms: "throttled", transient: false }
const TRANSIENT: Hearing = { partition: "neutral", kms: "neutral", transient: true }

export function hearing(attempt: Attempt | undefined): Hearing {
  if (attempt === undefined) return NOTHING
  if (attempt.kind === "done") return DONE
  if (attempt.kind !== "again") return ANSWERED
  switch (attempt.cause) {
    case "throttled":
      return THROTTLED
    case "kms-throttled":
      return KMS_THROTTLED
    case "transient":
      return TRANSIENT
    case "conflict":
      return ANSWERED
  }
}
