import type { Millis } from "../kernel/units.ts"

/** One drill as dr.yaml schedules it. */
export interface DrillSlotPlan {
  readonly drill: string
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timezone: string
  /** How late a run may start and still count for its slot. */
  readonly grace: Millis
}

export const PLATFORMS = ["systemd", "kubernetes", "cron"] as const
export type Platform = (typeof PLATFORMS)[number]

/** All that a renderer needs; it reads nothing else. */
export interface ScheduleRequest {
  readonly env: string
  readonly drills: readonly DrillSlotPlan[]
  /** Absolute path on the machine that will run the drills; sha256 of the bytes that were read. */
  readonly config: { readonly path: string; readonly sha256: string }
  /** Absolute path of `dr`. systemd and cron. */
  readonly binary: string
  /** The account that runs the drills. systemd and cron. */
  readonly user: string
  /** Full image reference. Kubernetes. */
  readonly image: string
  /** The command that makes these files again. */
  readonly madeBy: string
}

export interface ScheduleFile {
  /** Relative to the folder of the platform (`/etc/systemd/system`, `/etc/cron.d`, a folder of manifests). */
  readonly path: string
  readonly mode: number
  readonly content: string
}
