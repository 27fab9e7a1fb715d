import { canonicalJson } from "../../kernel/canonical-json.ts"
import { keyIdOf } from "../arn.ts"
import { parsePolicy } from "../document.ts"
import type { InventoryKey } from "../inventory.ts"
import { keyRule, type KeyContext, type Result, type Rule } from "./rule.ts"

/** Rules on keys themselves, as the inventory knows them. Keys that AWS manages are not ours to change. */

const YEAR = 365

function* rotation({ key }: KeyContext): Iterable<Result> {
  // KMS rotates no imported material and no key outside its own store by itself.
  if (key.origin !== undefined && key.origin !== "AWS_KMS") return
  if (key.rotation === undefined) return yield { notRun: "the inventory does not say whether the key rotates" }
  const { enabled, periodDays } = key.rotation
  const fix = "aws kms enable-key-rotation --rotation-period-in-days 365"
  if (!enabled)
    yield {
      message: `automatic rotation is off: the encryption policy says "Key rotation enabled (annual automatic rotation)"`,
      fix,
      path: [],
    }
  else if (periodDays !== undefined && periodDays > YEAR)
    yield {
      message: `the key rotates every ${periodDays} days: the encryption policy says annual`,
      fix,
      path: [],
      severity: "warning",
    }
}

function* pendingDeletion({ key }: KeyContext): Iterable<Result> {
  if (key.state === undefined) return yield { notRun: "the inventory does not say in which state the key is" }
  if (/^Pending(Replica)?Deletion$/.test(key.state))
    yield {
      message: `the key is ${key.state}: when its window ends, nothing under it can ever be read again`,
      fix: "dr policy who-can, then aws kms cancel-key-deletion if anything still needs it",
      path: [],
    }
}

function* idle({ key, inventory }: KeyContext): Iterable<Result> {
  if (key.state === undefined) yield { notRun: "the inventory does not say in which state the key is" }
  else if (key.state === "Disabled")
    yield {
      message: "the key is disabled: nothing under it can be read",
      fix: "enable it, or re-encrypt what it holds and schedule its deletion",
      path: [],
    }
  const { buckets } = inventory.inventory
  if (buckets.length === 0)
    return yield { notRun: "the inventory has no buckets: nobody can tell which keys are in use" }
  const used = buckets.some(({ keyArn }) => keyArn !== undefined && inventory.findKeys(keyArn).includes(key))
  if (!used && key.aliases.length === 0 && key.grants.length === 0)
    yield {
      message: "no bucket, alias or grant of the inventory points to the key",
      fix: "name it by an alias if it is in use",
      path: [],
    }
}

function* window({ key }: KeyContext): Iterable<Result> {
  if (key.deletionWindowDays === undefined || key.deletionWindowDays >= 30) return
  yield {
    message: `the deletion window is ${key.deletionWindowDays} days: the encryption policy says "30-day waiting period"`,
    fix: "cancel the deletion and schedule it again with --pending-window-in-days 30",
    path: [],
  }
}

function* declaredReplicas({ key, inventory, facts }: KeyContext): Iterable<Result> {
  if (facts.replicas === undefined) return yield { notRun: "no replicas are declared" }
  if (key.multiRegionType === "REPLICA") return
  for (const { key: wanted, region } of facts.replicas) {
    if (!isMeant(key, wanted)) continue
    const there = inventory.inventory.keys.some((other) => other.region === region && areRelated(key, other))
    if (!there)
      yield {
        message: `the replica in ${region} is declared and does not exist`,
        fix: `aws kms replicate-key --replica-region ${region}, with the policy of the primary`,
        path: [],
      }
  }
}

const isMeant = ({ arn, aliases, label }: InventoryKey, wanted: string): boolean =>
  arn === wanted || aliases.includes(wanted) || label === wanted || keyIdOf(arn) === wanted

/** A multi-Region key has one id in all its Regions. */
const areRelated = (a: InventoryKey, b: InventoryKey): boolean =>
  a !== b &&
  a.account === b.account &&
  a.region !== b.region &&
  keyIdOf(a.arn) !== undefined &&
  keyIdOf(a.arn) === keyIdOf(b.arn)

function* replicaPolicy({ key, inventory, facts }: KeyContext): Iterable<Result> {
  if (key.multiRegionType !== "REPLICA" || facts.differingReplicas?.includes(key.arn) === true) return
  const primary = inventory.inventory.keys.find(
    (other) => other.multiRegionType === "PRIMARY" && areRelated(key, other),
  )
  if (primary?.policy === undefined || key.policy === undefined)
    return yield { notRun: "the inventory lacks the policy of the primary or of the replica" }
  if (meaning(primary) === meaning(key)) return
  yield {
    message: `its policy differs from that of its primary (${primary.arn}): ReplicateKey without a policy attaches the default one`,
    fix: "put the primary's policy on the replica, or declare why they differ",
    path: [],
  }
}

/** What a key's policy says, whatever the order of its lists; its own Region stands for itself. */
function meaning({ policy, region }: InventoryKey): string {
  const { document } = parsePolicy(policy?.document ?? {}, "key")
  const statements = document.statements.map(({ conditions, ...rest }) => {
    const sorted = Object.fromEntries(
      Object.entries({ ...rest, index: 0, sid: "" }).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map((each) => canonicalJson(each)).sort() : value,
      ]),
    )
    const tests = conditions
      .map(({ operator, key, values }) => canonicalJson([operator, key, [...values].sort()]))
      .sort()
    return canonicalJson({ ...sorted, tests })
  })
  return JSON.stringify(statements.sort()).replaceAll(region, "REGION")
}

export const KEY_PROPERTY_RULES: readonly Rule[] = [
  keyRule(
    { id: "DRK122", severity: "warning", origin: [], title: "primary and replica have different policies" },
    replicaPolicy,
  ),
  keyRule(
    {
      id: "DRK201",
      severity: "error",
      origin: ["SH KMS.4", "Prowler", "Trivy AWS-0065", "CT.KMS.PR.1", "Checkov CKV_AWS_7"],
      title: "rotation is off",
    },
    rotation,
  ),
  keyRule(
    {
      id: "DRK202",
      severity: "error",
      origin: ["SH KMS.3", "Config kms-cmk-not-scheduled-for-deletion", "Prowler"],
      title: "pending deletion",
    },
    pendingDeletion,
  ),
  keyRule(
    { id: "DRK203", severity: "warning", origin: ["Prowler", "Checkov CKV_AWS_227"], title: "disabled or unused" },
    idle,
  ),
  keyRule({ id: "DRK204", severity: "error", origin: ["seed"], title: "deletion window below 30 days" }, window),
  keyRule({ id: "DRK205", severity: "error", origin: [], title: "declared replica does not exist" }, declaredReplicas),
]
