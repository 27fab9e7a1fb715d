import { CompiledInventory } from "../inventory-stack.ts"
import type { Inventory, InventoryAccount, InventoryPrincipal, NamedPolicy } from "../inventory.ts"
import type { PolicyKind } from "../statement.ts"
import { judge, unread, type Judgement } from "./judge.ts"
import { lintAttached } from "./lint-policy.ts"
import type { Expectations } from "./rule.ts"
import { accountOf } from "./statements.ts"

/**
 * Everything that is wrong with the policies, keys, grants and control policies of an inventory. What the inventory itself
 * tells (accounts, organisation, roles by their labels) need not be given.
 */
export function lintInventory(inventory: Inventory, expectations: Expectations = {}): readonly Judgement[] {
  const compiled = new CompiledInventory(inventory)
  const facts = { ...told(inventory), ...expectations }
  return [
    ...inventory.keys
      .filter(({ awsManaged }) => awsManaged !== true)
      .flatMap((key) => keyJudgements(key, compiled, facts)),
    ...principalJudgements(compiled, facts),
    ...inventory.buckets.map((bucket) => bucketJudgement(bucket, compiled, facts)),
    ...inventory.accounts.map((account) => accountJudgement(account, compiled, facts)),
    ...controlJudgements(compiled, facts),
  ]
}

/** What the inventory says of itself. A label that no principal has leaves the fact open. */
function told({ accounts, principals, organization, keys }: Inventory): Expectations {
  const labelled = (label: string): readonly string[] =>
    principals.filter((each) => each.label === label).map(({ arn }) => arn)
  const recoveryRoles = labelled("recovery")
  const breakGlassRoles = principals.filter(({ label }) => /(^|-)break-glass$/.test(label ?? "")).map(({ arn }) => arn)
  const workloadRoles = labelled("workload")
  const homes = new Set(recoveryRoles.map(accountOf))
  const outside = keys.some(({ account }) => !homes.has(account))
  const recoveryRegions = outside
    ? [...new Set(keys.filter(({ account }) => homes.has(account)).map(({ region }) => region))]
    : []
  return {
    ...(accounts.length === 0 ? {} : { declaredAccounts: accounts.map(({ id }) => id) }),
    ...(organization === undefined ? {} : { organizationId: organization.id }),
    ...(recoveryRoles.length === 0 ? {} : { recoveryRoles }),
    ...(breakGlassRoles.length === 0 ? {} : { breakGlassRoles }),
    ...(workloadRoles.length === 0 ? {} : { workloadRoles }),
    ...(recoveryRegions.length === 0 ? {} : { recoveryRegions }),
  }
}

function keyJudgements(key: Inventory["keys"][number], inventory: CompiledInventory, facts: Expectations): Judgement[] {
  const { account, region, arn: keyArn } = key
  const own: Expectations = { ...facts, account, region, keyArn }
  const why = gap(inventory, keyArn, "policy") ?? "the inventory does not hold it"
  return [
    key.policy === undefined
      ? unread(`policy of ${keyArn}`, "key", `the key policy was not read: ${why}`)
      : lintAttached(key.policy.document, "key", `policy of ${keyArn}`, own, { inventory, key }),
    judge("key-properties", { on: "key", subject: keyArn, key, inventory, facts: own }),
    ...key.grants.map((grant) =>
      judge("grant", {
        on: "grant",
        subject: `grant ${grant.name ?? grant.id} of ${keyArn}`,
        key,
        grant,
        inventory,
        facts: own,
      }),
    ),
  ]
}

/** A managed policy that many roles have is judged once. */
function principalJudgements(inventory: CompiledInventory, facts: Expectations): Judgement[] {
  const seen = new Set<string>()
  return inventory.inventory.principals.flatMap((principal) => {
    const attached: Array<readonly [NamedPolicy, PolicyKind]> = [
      ...principal.identity.map((policy) => [policy, "identity"] as const),
      ...(principal.boundary === undefined ? [] : [[principal.boundary, "boundary"] as const]),
      ...(principal.trust === undefined ? [] : [[principal.trust, "trust"] as const]),
    ]
    return attached.flatMap(([policy, kind]) => {
      const managed = policy.name.startsWith("arn:")
      if (managed && seen.has(`${kind} ${policy.name}`)) return []
      seen.add(`${kind} ${policy.name}`)
      const subject = managed ? policy.name : `${policy.name} of ${principal.arn}`
      return [lintAttached(policy.document, kind, subject, ofPrincipal(principal, facts), { inventory })]
    })
  })
}

const ofPrincipal = ({ arn, account }: InventoryPrincipal, facts: Expectations): Expectations => ({
  ...facts,
  roleArn: arn,
  ...(account === undefined ? {} : { account }),
})

/** A bucket without a policy denies nothing. */
function bucketJudgement(
  bucket: Inventory["buckets"][number],
  inventory: CompiledInventory,
  facts: Expectations,
): Judgement {
  const { name, account, policy } = bucket
  const subject = `policy of bucket ${name}`
  const why = gap(inventory, name, "policy")
  if (policy === undefined && why !== undefined)
    return unread(subject, "bucket", `the bucket policy was not read: ${why}`)
  const own: Expectations = { ...facts, account, bucket: name }
  const nothing = { Version: "2012-10-17", Statement: [] }
  return lintAttached(
    policy?.document ?? nothing,
    "bucket",
    subject,
    own,
    { inventory, bucket },
    ({ id }) => policy !== undefined || id.startsWith("DRS"),
  )
}

function accountJudgement(account: InventoryAccount, inventory: CompiledInventory, facts: Expectations): Judgement {
  const principals = inventory.inventory.principals.filter((each) => each.account === account.id)
  return judge("account", { on: "account", subject: `account ${account.id}`, account, principals, inventory, facts })
}

/** Each control policy once, however many accounts are under it. */
function controlJudgements(inventory: CompiledInventory, facts: Expectations): Judgement[] {
  const seen = new Set<string>()
  const kinds = ["scp", "rcp"] as const
  return inventory.inventory.accounts.flatMap((account) =>
    kinds.flatMap((kind) =>
      account[`${kind}s`].flatMap(({ policies }) =>
        policies.flatMap(({ name, document }) => {
          const identity = JSON.stringify([kind, name, document])
          if (seen.has(identity)) return []
          seen.add(identity)
          return [
            lintAttached(
              document,
              kind,
              `${kind.toUpperCase()} ${name}`,
              { ...facts, account: account.id },
              { inventory },
            ),
          ]
        }),
      ),
    ),
  )
}

function gap(inventory: CompiledInventory, subject: string, what: string): string | undefined {
  return inventory.inventory.gaps?.find((each) => each.subject === subject && each.what === what)?.why
}
