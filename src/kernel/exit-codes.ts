/** The exit codes of every command. Documented in docs/exit-codes.md and by `dr help exit-codes`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  changesPending: 2,
  checkSaysNo: 3,
  usage: 64,
  tryLater: 75,
  noPermission: 77,
  config: 78,
  sigint: 130,
  sigterm: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_MEANINGS: ReadonlyArray<readonly [ExitCode, string]> = [
  [EXIT.ok, "ok"],
  [EXIT.failed, "ran and failed"],
  [EXIT.changesPending, "changes pending (only with --detailed-exitcode or --check, and of `keys plan --out`)"],
  [EXIT.checkSaysNo, "the check says no: RTO missed, drift, stale, not proven, something skipped"],
  [EXIT.usage, "usage, or unconfirmed without a terminal"],
  [EXIT.tryLater, "lock held or stopped resumably: try later"],
  [EXIT.noPermission, "credentials, AccessDenied or a missing approval"],
  [EXIT.config, "dr.yaml missing or invalid"],
  [EXIT.sigint, "interrupted by SIGINT, resumable"],
  [EXIT.sigterm, "interrupted by SIGTERM, resumable"],
]
