import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import type { EstateKey, KeyFacts } from "../status/key-inventory.ts"
import { planGrants, type GrantContext } from "./plan-grants.ts"
import { identify, regionOf, type KnownKey } from "./identify.ts"
import type { KeyStep, PlanProblem } from "./key-plan.ts"
import { policyDrift } from "./policy-drift.ts"
import { problem } from "./problem.ts"
import * as step from "./steps.ts"
import type { WantedState } from "./wanted-state.ts"

export interface KeyDifference {
  readonly steps: readonly KeyStep[]
  readonly problems: readonly PlanProblem[]
}

/** What is between one key as dr.yaml wants it and as AWS has it. The alias comes last: who finds it finds a whole key. */
export function planKey(wanted: WantedState, seen: EstateKey, context: GrantContext): KeyDifference {
  const identity = identify(wanted, seen)
  if (identity.kind === "unclear") return { steps: [], problems: identity.problems }
  return identity.kind === "none" ? newKey(wanted) : knownKey(wanted, seen, identity.key, context)
}

function newKey(wanted: WantedState): KeyDifference {
  const [primary, ...replicas] = wanted.regions
  const at = (region: RegionName): step.At => ({ wanted, region })
  const rotation =
    wanted.periodDays === undefined ? [] : [step.enableRotation(at(primary), wanted.periodDays, undefined)]
  const imported = wanted.origin === "EXTERNAL"
  // Without its material the key can be neither replicated nor granted: what needs that waits for the next plan.
  const places = imported ? [primary] : wanted.regions
  return {
    steps: [
      step.createKey(at(primary)),
      ...(imported ? [] : replicas.map((region) => step.replicateKey(at(region)))),
      ...rotation,
      ...(imported
        ? []
        : places.flatMap((region) => wanted.grants.map((grant) => step.createGrant(at(region), grant)))),
      ...places.map((region) => step.createAlias(at(region))),
    ],
    problems: imported ? [importNotice(wanted)] : [],
  }
}

function knownKey(wanted: WantedState, seen: EstateKey, key: KnownKey, context: GrantContext): KeyDifference {
  const steps: KeyStep[] = []
  const problems: PlanProblem[] = [...keyProblems(wanted, seen, key)]
  const rest: KeyStep[] = []
  for (const region of wanted.regions) {
    const facts = key.regions.get(region)
    if (facts === undefined) {
      const absent = absentIn(wanted, seen, key, region)
      problems.push(...absent.problems)
      steps.push(...absent.steps)
      rest.push(...absent.after)
      continue
    }
    // It is being made: the step waits for it and goes on as if it had made it.
    const growing = facts.state === "Creating"
    if (growing) steps.push(step.replicateKey({ wanted, region, arn: facts.arn }))
    else if (!isUsable(facts, wanted)) {
      problems.push(notUsable(wanted, facts))
      continue
    }
    const inRegion = planRegion(wanted, facts, key, context)
    problems.push(...inRegion.problems)
    rest.push(...inRegion.steps)
  }
  return { steps: [...steps, ...rest], problems }
}

/** A Region of dr.yaml in which the key is not. */
function absentIn(
  wanted: WantedState,
  seen: EstateKey,
  key: KnownKey,
  region: RegionName,
): KeyDifference & { readonly after: readonly KeyStep[] } {
  const nothing = { steps: [], problems: [], after: [] }
  const place = seen.places.find((each) => each.region === region)
  if (place?.kind === "unread")
    return {
      ...nothing,
      problems: [
        problem(wanted, "not-read", {
          region,
          message: `${region} was not read: ${place.why}`,
          hint: `nothing is planned there; plan again when ${region} answers`,
        }),
      ],
    }
  const primary = key.primary === undefined ? undefined : key.regions.get(regionOf(key.primary))
  // A single-Region key, or a primary elsewhere: keyProblems says so.
  if (primary === undefined || primary.region !== wanted.regions[0] || region === wanted.regions[0]) return nothing
  if (primary.state === "PendingImport") return { ...nothing, problems: [importNotice(wanted, region)] }
  if (primary.state === "Updating")
    return {
      ...nothing,
      problems: [
        problem(wanted, "not-usable", {
          region,
          message: `no replica can be made while ${primary.arn} is Updating`,
          hint: "plan again in a minute",
        }),
      ],
    }
  if (primary.state !== "Enabled") return nothing
  const at = { wanted, region }
  return {
    steps: [step.replicateKey(at)],
    problems: [],
    after: [...wanted.grants.map((grant) => step.createGrant(at, grant)), step.createAlias(at)],
  }
}

function planRegion(wanted: WantedState, facts: KeyFacts, key: KnownKey, context: GrantContext): KeyDifference {
  const { region, arn } = facts
  const at = { wanted, region, arn }
  const drift = policyDrift(wanted, facts)
  const grants = facts.state !== "PendingImport" ? planGrants(at, facts, context) : { steps: [], problems: [] }
  const known = [facts.policy, facts.tags, facts.aliases]
  return {
    steps: [
      ...drift.steps,
      ...rotationSteps(at, facts, key),
      ...tagSteps(at, facts),
      ...(wanted.description === undefined || wanted.description === facts.description
        ? []
        : [step.describeKey(at, facts.description)]),
      ...grants.steps,
      ...(facts.aliases === undefined || facts.aliases.includes(wanted.alias) ? [] : [step.createAlias(at)]),
    ],
    problems: [
      ...drift.problems,
      ...grants.problems,
      ...(facts.state === "PendingImport" ? [importNotice(wanted, region)] : []),
      ...(known.includes(undefined) || rotationUnknown(wanted, facts, key) ? [gaps(wanted, facts)] : []),
    ],
  }
}

function tagSteps(at: step.At, { tags }: KeyFacts): KeyStep[] {
  if (tags === undefined) return []
  const missing = Object.entries(at.wanted.tags).filter(([name, value]) => tags[name] !== value)
  return missing.length === 0 ? [] : [step.tagKey(at, Object.fromEntries(missing))]
}

/** Related keys share it: only the primary is asked and set. */
function rotationSteps(at: step.At, { rotation, arn }: KeyFacts, key: KnownKey): KeyStep[] {
  const { periodDays } = at.wanted
  if (periodDays === undefined || rotation === undefined || !leads(key, arn)) return []
  if (rotation.enabled && rotation.periodDays === periodDays) return []
  return [step.enableRotation(at, periodDays, rotation.enabled ? rotation.periodDays : undefined)]
}

const leads = (key: KnownKey, arn: KeyArn): boolean => key.primary === undefined || key.primary === arn

const rotationUnknown = ({ periodDays }: WantedState, { rotation, arn, origin }: KeyFacts, key: KnownKey): boolean =>
  periodDays !== undefined && rotation === undefined && origin === "AWS_KMS" && leads(key, arn)

/** Updating: the primary is moving; it works, and everything but its state may be changed. */
const isUsable = ({ state }: KeyFacts, { origin }: WantedState): boolean =>
  state === "Enabled" || state === "Updating" || (state === "PendingImport" && origin === "EXTERNAL")

function keyProblems(wanted: WantedState, seen: EstateKey, key: KnownKey): PlanProblem[] {
  const first = [...key.regions.values()][0] as KeyFacts
  const problems: PlanProblem[] = []
  if (key.primary === undefined && wanted.multiRegion) problems.push(singleRegion(wanted, first))
  else if (key.primary !== undefined && regionOf(key.primary) !== wanted.regions[0])
    problems.push(
      problem(wanted, "primary-elsewhere", {
        region: regionOf(key.primary),
        message: `the primary is in ${regionOf(key.primary)}, dr.yaml wants it in ${wanted.regions[0]}: no replica is made and no rotation set`,
        hint: `aws kms update-primary-region --key-id ${key.primary} --primary-region ${wanted.regions[0]}, as break-glass and with both Regions up`,
      }),
    )
  if (first.origin !== wanted.origin && first.origin !== "")
    problems.push(
      problem(wanted, "origin-differs", {
        message: `the key's origin is ${first.origin}, dr.yaml wants ${wanted.origin}: no key ever changes it`,
        hint: `a new key, then everything re-keyed: dr keys rotate ${wanted.name} --manual`,
      }),
    )
  for (const place of seen.places.filter((each) => !each.wanted && each.kind === "found"))
    problems.push(
      problem(wanted, "unwanted-replica", {
        region: place.region,
        message: `a replica stands in ${place.region}, which dr.yaml does not name: it decrypts everything, by a policy that nobody keeps in order`,
        hint: `add ${place.region} to the key's ${wanted.side === "recovery" ? "recovery.regions" : "replicas"}, or schedule the replica's deletion`,
      }),
    )
  return problems
}

const singleRegion = (wanted: WantedState, facts: KeyFacts): PlanProblem =>
  problem(wanted, "single-region-key", {
    region: facts.region,
    message: `${facts.arn} is a single-Region key, and none ever becomes multi-Region: no replica can be made of it`,
    hint: [
      `dr keys rotate ${wanted.name} --manual:`,
      "1 a new multi-Region key with replicas and the same policy;",
      "2 Terraform and 3 the services write under it;",
      "4 every object version is re-keyed and sampled;",
      "5 the old key's deletion, after 30 days without use.",
      "Or set multiRegion: false and live without a replica",
    ].join(" "),
  })

function notUsable(wanted: WantedState, { state, region, arn }: KeyFacts): PlanProblem {
  const deletion = state.startsWith("Pending")
  return problem(wanted, "not-usable", {
    region,
    message: `${arn} is ${state}: nothing is planned for it, because somebody may have meant it`,
    hint: deletion
      ? `dr keys status tells when it is gone; to keep it: aws kms cancel-key-deletion --key-id ${arn}, then enable-key`
      : `if no incident holds it: aws kms enable-key --key-id ${arn}, then plan again`,
  })
}

const importNotice = (wanted: WantedState, region?: RegionName): PlanProblem =>
  problem(wanted, "import-material", {
    ...(region === undefined ? {} : { region }),
    message: "its material is imported: until then it encrypts nothing, and replicas and grants wait",
    hint: `dr keys escrow create ${wanted.name}, then plan again`,
  })

const gaps = (wanted: WantedState, facts: KeyFacts): PlanProblem =>
  problem(wanted, "not-read", {
    region: facts.region,
    message: `not all of ${facts.arn} could be read: ${facts.gaps.map(({ what, why }) => `${what}: ${why}`).join("; ") || "rotation"}`,
    hint: "what was not read is not planned; the reading role needs the rights of the operator-role template (dr policy render)",
  })
