import type { RegionName } from "../../kernel/brands.ts"
import { DAY, HOUR, type Millis } from "../../kernel/units.ts"
import type { KeyUse } from "../inventory-port.ts"
import type { Remaining } from "./remaining.ts"

/**
 * How long the old key must have been silent: long enough for what runs once a week. GetKeyLastUsage is up to an hour late and
 * does not see everything (facts: section 4, trap 50), so fewer than a day proves nothing; the thirty days in which the
 * deletion can be cancelled show what is rarer.
 */
export const QUIET_DAYS = { default: 7, least: 1 } as const

/** What is known about the old key when its deletion is asked for. */
export interface RetireFacts {
  /** ISO 8601; undefined = step 4 has not passed. */
  readonly provenAt: string | undefined
  /** Regions where the alias does not lead to the new key. */
  readonly aliasElsewhere: readonly RegionName[]
  readonly newKeyWhole: boolean
  readonly remaining: Remaining
  readonly uses: readonly RegionUse[]
  /** Grants on the old key that dr.yaml does not name. */
  readonly grants: ReadonlyArray<{ readonly region: RegionName; readonly id: string; readonly grantee: string }>
}

/** Of the old key in one Region. `createdAt`: ISO 8601, when known. */
export type RegionUse = { readonly region: RegionName; readonly createdAt?: string } & (
  | { readonly use: KeyUse }
  | { readonly why: string }
)

export interface RetireRefusal {
  readonly code:
    | "not-proven"
    | "alias-not-moved"
    | "too-soon"
    | "new-key-not-usable"
    | "objects-remain"
    | "recently-used"
    | "use-unknown"
    | "grants-remain"
  readonly message: string
  readonly hint: string
}

/** Why the old key may not be deleted; empty = it may. Pure. */
export function retireRefusals(
  facts: RetireFacts,
  { now, quietDays }: { readonly now: Millis; readonly quietDays: number },
): readonly RetireRefusal[] {
  return [
    ...proofRefusals(facts),
    ...tooSoon(facts.provenAt, now, quietDays),
    ...remainingRefusals(facts.remaining),
    ...facts.uses.flatMap((use) => useRefusals(use, facts.provenAt, now, quietDays)),
    ...grantRefusals(facts.grants),
  ]
}

function proofRefusals({ provenAt, aliasElsewhere, newKeyWhole }: RetireFacts): RetireRefusal[] {
  const found: RetireRefusal[] = []
  if (provenAt === undefined)
    found.push({ code: "not-proven", message: "step 4 has not passed", hint: "run it first: --step 4" })
  else if (aliasElsewhere.length > 0)
    found.push({
      code: "alias-not-moved",
      message: `the alias does not lead to the new key in ${aliasElsewhere.join(", ")}`,
      hint: "run step 4 again: it moves the alias and reads it back",
    })
  if (!newKeyWhole)
    found.push({
      code: "new-key-not-usable",
      message: "the new key is not enabled in every Region",
      hint: "look at it with dr keys status, and put it right first",
    })
  return found
}

/** Until then silence says nothing: the writers worked under it up to step 4. */
function tooSoon(provenAt: string | undefined, now: Millis, quietDays: number): RetireRefusal[] {
  if (provenAt === undefined || now - Date.parse(provenAt) >= quietDays * DAY) return []
  return [
    {
      code: "too-soon",
      message: `step 4 passed only at ${provenAt}; ${quietDays} d of silence after it are wanted`,
      hint: "wait, or name fewer days with --quiet-days",
    },
  ]
}

function remainingRefusals({ count, more, looked, examples: [first] }: Remaining): RetireRefusal[] {
  if (count === 0) return []
  return [
    {
      code: "objects-remain",
      message: `${more ? "at least " : ""}${count} of ${looked} object versions looked at are under the old key, as ${first?.object} (version ${first?.versionId}) is: they would be lost with it`,
      hint: "re-encrypt every version under the new key (s3:UpdateObjectEncryption changes the key alone), or let retention remove them, then try again",
    },
  ]
}

function useRefusals(seen: RegionUse, provenAt: string | undefined, now: Millis, quietDays: number): RetireRefusal[] {
  const { region } = seen
  if ("why" in seen)
    return [
      { code: "use-unknown", message: `its last use in ${region} is not known: ${seen.why}`, hint: "ask again later" },
    ]
  const { last, trackedSince } = seen.use
  const quiet = quietDays * DAY
  if (last !== undefined && now - Date.parse(last.at) < quiet) {
    const after = provenAt !== undefined && last.at > provenAt ? ", after step 4 had passed" : ""
    return [
      {
        code: "recently-used",
        message: `it was last used in ${region} at ${last.at} (${last.operation})${after}; ${quietDays} d of silence are wanted`,
        hint: "CloudTrail tells who used it: look for the key's ARN in that Region",
      },
    ]
  }
  const from = watchedFrom(seen, trackedSince)
  if (from === undefined || now - from < quiet)
    return [
      {
        code: "use-unknown",
        message: `its use in ${region} is ${from === undefined ? "not tracked" : `known only since ${trackedSince}`}; ${quietDays} d of silence are wanted`,
        hint: "wait, or name fewer days with --quiet-days",
      },
    ]
  return []
}

/** Whoever watched a key from its first day knows all of its uses. */
function watchedFrom({ createdAt }: RegionUse, trackedSince: string | undefined): Millis | undefined {
  if (trackedSince === undefined) return undefined
  const since = Date.parse(trackedSince)
  return createdAt !== undefined && since <= Date.parse(createdAt) + HOUR ? Number.NEGATIVE_INFINITY : since
}

const grantRefusals = (grants: RetireFacts["grants"]): RetireRefusal[] =>
  grants.map(({ region, id, grantee }) => ({
    code: "grants-remain",
    message: `grant ${id} in ${region} lets ${grantee} use it: something outside dr.yaml holds data under it (a volume, a database)`,
    hint: "find what it belongs to and move it to the new key, then revoke the grant",
  }))
