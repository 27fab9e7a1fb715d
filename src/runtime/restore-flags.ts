import { Flags } from "@oclif/core"
import { display } from "../kernel/display.ts"
import { parseDuration } from "../kernel/duration.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { isRoleArn } from "../access/arn.ts"
import type { RoleArn } from "../kernel/brands.ts"
import { DAY, type Millis } from "../kernel/units.ts"
import type { VersionMode } from "../restore/objects.ts"

/** What is restored, to where, under which key, and how: of every command that plans a restore. */
export const restoreFlags = {
  from: Flags.string({
    description: "what to restore: a dataset of dr.yaml, all of them by priority, or a place in one",
    required: true,
    helpValue: "DATASET|all|s3://BUCKET/PREFIX",
  }),
  to: Flags.string({
    description: "where to: the recovery copies, back to the workload, in place, or a place (default: the other side)",
    helpValue: "recovery|workload|in-place|s3://BUCKET/PREFIX",
  }),
  key: Flags.string({
    description: "under which key (default: the destination's own; in place it must be said)",
    helpValue: "recovery|workload|ALIAS|ARN",
  }),
  mode: Flags.string({
    description: "which versions: current, all, or as-of=TIME (default: current for copies, all in place)",
    helpValue: "MODE",
  }),
  role: Flags.string({
    description: "the role that does it (default: roles.restore of the account that acts, else its roles.sync)",
    helpValue: "ROLE_ARN",
  }),
  verify: Flags.option({
    description: "every object by its answer and a sample read back; by a HEAD of each; or every byte",
    options: ["answer", "head", "full"] as const,
    default: "answer" as const,
  })(),
  inspect: Flags.option({
    description: "read encryption and locks of a sample by HEAD, or of all objects",
    options: ["sample", "all"] as const,
    default: "sample" as const,
  })(),
  "fresh-data-keys": Flags.boolean({
    description: "copy also in place: plaintext data keys may be out, and re-keying keeps them",
  }),
  "storage-class": Flags.string({
    description: "class of the copies: each object's own, or one for all",
    default: "keep",
    helpValue: "keep|CLASS",
  }),
  "bucket-key": Flags.boolean({
    description: "use a bucket key at the destination (default: as its default encryption says)",
    allowNo: true,
  }),
  archived: Flags.option({
    description: "refuse objects of archived classes, or try them after they were thawed",
    options: ["refuse", "try"] as const,
    default: "refuse" as const,
  })(),
  "multipart-above": Flags.integer({
    description: "copy larger objects in parts; for services that take less than S3 in one copy",
    min: 0,
    max: 5 * 1024 ** 3,
    default: 5 * 1024 ** 3,
    helpValue: "BYTES",
  }),
  listers: Flags.integer({ description: "listings at once", min: 1, max: 64, default: 8, helpValue: "N" }),
  "max-inflight": Flags.integer({
    description: "requests at once",
    min: 1,
    max: 4_096,
    default: 1_024,
    helpValue: "N",
  }),
  partitions: Flags.integer({
    description: "S3 partitions that are known to be hot below the prefix; a cold prefix has one",
    min: 1,
    max: 1_000,
    default: 1,
    helpValue: "N",
  }),
  seed: Flags.string({ description: "draws the sample to inspect (default: the run's id)", helpValue: "TEXT" }),
  "allow-empty": Flags.boolean({ description: "take a dataset without objects for right" }),
  expires: Flags.string({ description: "how long the plan may be run", default: "24h", helpValue: "DURATION" }),
}

const usage = (message: string, hint: string): DrError =>
  new DrError({ code: "E_USAGE", exit: EXIT.usage, message, hints: [hint] })

/** `current`, `all`, `as-of=2026-11-24T02:00:00Z`. @throws DrError E_USAGE (64), for a time to come as well */
export function modeOf(text: string | undefined, now: number): VersionMode | undefined {
  if (text === undefined) return undefined
  if (text === "current" || text === "all") return { kind: text }
  const at = /^as-of=(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))$/.exec(text)?.[1]
  const time = at === undefined ? Number.NaN : Date.parse(at)
  const example = "--mode as-of=2026-11-24T02:00:00Z"
  if (Number.isNaN(time) || time < 0)
    throw usage(`--mode ${display(text)}: expected current, all or as-of=TIME with a time zone`, example)
  if (time > now) throw usage(`--mode ${display(text)}: that time is still to come`, "--mode current")
  return { kind: "as-of", at: time }
}

/** @throws DrError E_USAGE (64) */
export function roleFlag(text: string | undefined): RoleArn | undefined {
  if (text === undefined || isRoleArn(text)) return text
  throw usage(`--role ${display(text)}: expected a role ARN`, "--role arn:PARTITION:iam::ACCOUNT:role/NAME")
}

const CLASSES: ReadonlySet<string> = new Set([
  "keep",
  "STANDARD",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
])

/** @throws DrError E_USAGE (64) */
export function storageClassOf(text: string): string {
  if (CLASSES.has(text)) return text
  throw usage(`--storage-class ${display(text)}: expected one of ${[...CLASSES].join(", ")}`, "--storage-class keep")
}

/** A frozen listing grows old. @throws DrError E_USAGE (64) */
export function validFor(text: string): Millis {
  const ms = parseDuration(text)
  if (ms !== undefined && ms <= 7 * DAY) return ms
  throw usage(`--expires ${display(text)}: expected a duration of at most 7d, such as 24h`, "--expires 24h")
}
