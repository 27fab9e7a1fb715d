import { canonicalJson } from "../kernel/canonical-json.ts"
import { accountPrincipalArn, bucketArn, keyArn, keyIdOf, objectArn, roleArn, tryParseArn } from "./arn.ts"
import { findAction, matchingActions } from "./catalog/index.ts"
import { changedCells, comparison, type Cell, type Comparison, type StatementChange } from "./compare.ts"
import { cellsFor, type AskedResource } from "./compare-inventories.ts"
import { identityCells } from "./compare-identity.ts"
import { compilePolicy } from "./compile.ts"
import { SITUATIONAL } from "./decide.ts"
import { parsePolicy } from "./document.ts"
import { CompiledInventory } from "./inventory-stack.ts"
import type { Inventory, InventoryPrincipal, NamedPolicy } from "./inventory.ts"
import { mustBeReadable } from "./policy-error.ts"
import type { PolicyKind, Statement } from "./statement.ts"

/**
 * Which statements differ between two policies, and which answers. Principals are taken to have an IAM allow for
 * everything, so that only these policies decide.
 * @throws PolicyError when a policy cannot be read
 */
export function comparePolicies(before: string, after: string, names: readonly [string, string]): Comparison {
  const texts = [before, after] as const
  const kind = kindOf(texts.flatMap((text) => statementsOf(text, "key")))
  const [old, now] = texts.map((text) => statementsOf(text, kind)) as [readonly Statement[], readonly Statement[]]
  for (const [at, text] of texts.entries()) mustBeReadable(compilePolicy(text, kind, { name: names[at] ?? kind }))
  const statements = changedStatements(old, now)
  if (kind === "identity") {
    const asked = [...old, ...now]
    const assumes = ["both are read as identity policies of one role; resources allow its account"]
    return comparison(
      names,
      changedCells(identityCells(before, asked), identityCells(after, asked)),
      statements,
      assumes,
    )
  }
  const world = worldOf(kind, [...old, ...now])
  const cells = changedCells(resourceCells(world, before), resourceCells(world, after))
  return comparison(names, cells, statements, [world.assumes, "every principal has an IAM allow for everything"])
}

const statementsOf = (text: string, kind: PolicyKind): readonly Statement[] =>
  parsePolicy(text, kind).document.statements

/** Policies of resources name principals; what they allow and where tells which. */
function kindOf(statements: readonly Statement[]): PolicyKind {
  if (statements.every(({ principals, notPrincipals }) => (principals ?? notPrincipals) === undefined))
    return "identity"
  const actions = statements.flatMap((each) => each.actions ?? each.notActions ?? [])
  const resources = statements.flatMap((each) => each.resources ?? each.notResources ?? [])
  if (resources.length === 0 && actions.every((action) => /^sts:/i.test(action))) return "trust"
  return actions.some((action) => /^s3:/i.test(action)) || resources.some((each) => bucketIn(each) !== undefined)
    ? "bucket"
    : "key"
}

const bucketIn = (resource: string): string | undefined =>
  tryParseArn(resource)?.service === "s3" ? tryParseArn(resource)?.resource.split("/", 1)[0] : undefined

/** The resource that both policies are held to, and everybody whom they name. */
interface World {
  readonly inventory: (policy: NamedPolicy) => Inventory
  readonly asked: readonly AskedResource[]
  readonly assumes: string
}

const ALLOW_ALL: NamedPolicy = {
  name: "an IAM allow",
  document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
}

function worldOf(kind: PolicyKind, statements: readonly Statement[]): World {
  const account = ownerOf(statements)
  const principals = namedIn(statements)
  const empty: Inventory = { source: "two policies", accounts: [], principals, keys: [], buckets: [] }
  if (kind === "trust") {
    const role = roleArn(account, "compared")
    return {
      assumes: `the role is one of account ${account}`,
      asked: [
        {
          resource: role,
          actions: ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
        },
      ],
      inventory: (trust) => ({ ...empty, principals: [...principals, { arn: role, account, identity: [], trust }] }),
    }
  }
  if (kind === "bucket") {
    const names = statements.flatMap(({ resources = [], notResources = [] }) =>
      [...resources, ...notResources].flatMap((each) => bucketIn(each) ?? []),
    )
    const name = names.find((each) => !/[*?]/.test(each)) ?? "compared"
    return {
      assumes: `the bucket is ${name}, one of account ${account}`,
      asked: [
        { resource: objectArn(name, "*"), actions: actionsOn("object", "s3") },
        { resource: bucketArn(name), actions: actionsOn("bucket", "s3") },
      ],
      inventory: (policy) => ({ ...empty, buckets: [{ name, account, policy }] }),
    }
  }
  const own = statements
    .flatMap(({ resources = [] }) => resources)
    .find((each) => keyIdOf(each) !== undefined && !/[*?]/.test(each))
  const arn = own ?? keyArn("us-east-1", account, "compared")
  const { account: keyAccount = account, region = "us-east-1" } = tryParseArn(arn) ?? {}
  return {
    assumes: `the key is one of account ${keyAccount}`,
    asked: [{ resource: arn, actions: actionsOn("key", "kms") }],
    inventory: (policy) => ({
      ...empty,
      keys: [{ arn, account: keyAccount, region, aliases: [], grants: [], policy }],
    }),
  }
}

/** Actions that take a resource of this type. */
const actionsOn = (type: string, service: string): readonly string[] =>
  matchingActions(`${service}:*`).filter(
    (name) => findAction(name)?.resources.some((use) => use.type === type) === true,
  )

function* resourceCells(world: World, text: string): Generator<Cell> {
  const compiled = new CompiledInventory(world.inventory({ name: "policy", document: text }))
  const circumstances = {
    facts: {},
    unknown: [...SITUATIONAL, "aws:PrincipalTag/*", "aws:PrincipalOrg*", "aws:ResourceTag/*"],
  }
  for (const asked of world.asked) yield* cellsFor(compiled, asked, circumstances)
}

/** Whom a policy names, as principals or by a condition on who asks. */
const principalsIn = (statements: readonly Statement[]): readonly string[] => [
  ...new Set(
    statements.flatMap(({ principals = [], notPrincipals = [], conditions }) => [
      ...[...principals, ...notPrincipals].flatMap(({ type, value }) => (type === "AWS" ? [value] : [])),
      ...conditions.flatMap(({ key, values }) => (key.toLowerCase() === "aws:principalarn" ? values : [])),
    ]),
  ),
]

function namedIn(statements: readonly Statement[]): InventoryPrincipal[] {
  return principalsIn(statements).flatMap((arn) => {
    const parsed = tryParseArn(arn)
    if (parsed === undefined || parsed.resource === "root" || /[*?$]/.test(arn)) return []
    return [{ arn, account: parsed.account, identity: [ALLOW_ALL] }]
  })
}

/** The account to which a policy delegates owns its resource; else the one that it names most. */
function ownerOf(statements: readonly Statement[]): string {
  const named = statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ principals = [] }) => principals.flatMap(({ type, value }) => (type === "AWS" ? [value] : [])))
  const delegated = named.find(
    (value) => /^\d{12}$/.test(value) || value === accountPrincipalArn(accountIn(value), tryParseArn(value)?.partition),
  )
  if (delegated !== undefined) return accountIn(delegated)
  const counts = new Map<string, number>()
  for (const value of named) counts.set(accountIn(value), (counts.get(accountIn(value)) ?? 0) + 1)
  const [most] = [...counts].filter(([id]) => id !== "").toSorted((a, b) => b[1] - a[1])
  return most?.[0] ?? "111111111111"
}

const accountIn = (value: string): string => (/^\d{12}$/.test(value) ? value : (tryParseArn(value)?.account ?? ""))

/** Statements by their Sid; order, the case of actions and lists of one do not matter. */
function changedStatements(before: readonly Statement[], after: readonly Statement[]): StatementChange[] {
  const rest = [...after]
  const gone = before.filter((each) => {
    const at = rest.findIndex((other) => meaningOf(other) === meaningOf(each))
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
  const changed: StatementChange[] = gone.map((each) => {
    const at = rest.findIndex(({ sid }) => sid !== undefined && sid === each.sid)
    const other = rest[at]
    if (other === undefined) return { change: "removed", statement: nameOf(each), elements: [] }
    rest.splice(at, 1)
    const [old, now] = [elementsOf(each), elementsOf(other)]
    return {
      change: "changed",
      statement: nameOf(each),
      elements: Object.keys(old).filter((name) => canonicalJson(old[name]) !== canonicalJson(now[name])),
    }
  })
  return [
    ...changed,
    ...rest.map((each): StatementChange => ({ change: "added", statement: nameOf(each), elements: [] })),
  ]
}

const nameOf = ({ sid, index }: Statement): string => sid ?? `#${index}`
const meaningOf = (statement: Statement): string => canonicalJson(elementsOf(statement))

function elementsOf(statement: Statement): Readonly<Record<string, unknown>> {
  const sorted = (list: readonly string[] | undefined): readonly string[] | null => list?.toSorted() ?? null
  const lower = (list: readonly string[] | undefined): readonly string[] | null =>
    sorted(list?.map((each) => each.toLowerCase()))
  const people = (list: Statement["principals"]): readonly string[] | null =>
    sorted(list?.map(({ type, value }) => `${type} ${value}`))
  return {
    Sid: statement.sid ?? null,
    Effect: statement.effect,
    Principal: people(statement.principals),
    NotPrincipal: people(statement.notPrincipals),
    Action: lower(statement.actions),
    NotAction: lower(statement.notActions),
    Resource: sorted(statement.resources),
    NotResource: sorted(statement.notResources),
    Condition: sorted(
      statement.conditions.map(({ operator, key, values }) =>
        canonicalJson([operator, key.toLowerCase(), values.toSorted()]),
      ),
    ),
  }
}
