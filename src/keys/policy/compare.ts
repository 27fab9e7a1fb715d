import { canonicalJson } from "../../kernel/canonical-json.ts"
import type { Inventory, NamedPolicy } from "../../access/inventory.ts"
import { parsePolicy } from "../../access/document.ts"
import type { PolicyKind, Statement } from "../../access/statement.ts"
import type { RenderedPolicy } from "./rendered.ts"

/** How one rendered policy stands in AWS. */
export interface PolicyState {
  readonly path: string
  readonly subject: string
  /** `unreadable`: AWS did not tell, so nobody knows. */
  readonly state: "current" | "differs" | "missing" | "unreadable"
  /** Sids or numbers of rendered statements that are not there. */
  readonly absent: readonly string[]
  /** Sids or numbers of statements that nobody rendered. */
  readonly foreign: readonly string[]
  readonly why?: string
}

/**
 * Compares what dr.yaml renders with what is there, statement by statement: order, lists of one and spelling of JSON do
 * not count. An identity policy is current when all its statements stand in some policy of the role; what else the role
 * may is not dr's to judge here. SCPs are compared at their account.
 */
export function comparePolicies(rendered: readonly RenderedPolicy[], live: Inventory): PolicyState[] {
  return rendered.map((policy) => {
    const { path, subject } = policy
    const found = liveOf(policy, live)
    const gap = live.gaps?.find((each) => WHAT[policy.kind] === each.what && isAbout(each.subject, policy, live))
    if (gap !== undefined) return { path, subject, state: "unreadable", absent: [], foreign: [], why: gap.why }
    if (found.length === 0) return { path, subject, state: "missing", absent: [], foreign: [] }
    const wanted = statementsOf(policy.document, policy.kind)
    const there = found.flatMap(({ document }) => statementsOf(document, policy.kind))
    const absent = missingFrom(wanted, there)
    const foreign = WHOLE.has(policy.kind) ? missingFrom(there, wanted) : []
    return { path, subject, state: absent.length + foreign.length === 0 ? "current" : "differs", absent, foreign }
  })
}

/** A resource has one policy; a role and an account may have others beside ours. */
const WHOLE: ReadonlySet<PolicyKind> = new Set(["key", "bucket", "trust"])

const WHAT: Readonly<Partial<Record<PolicyKind, string>>> = {
  key: "policy",
  bucket: "policy",
  identity: "identity",
  trust: "trust",
  scp: "scps",
}

function keyIn(policy: RenderedPolicy, live: Inventory) {
  const alias = policy.subject.slice(policy.subject.indexOf(":alias/") + 1)
  return live.keys.find(
    ({ account, region, aliases }) => account === policy.account && region === policy.region && aliases.includes(alias),
  )
}

function liveOf(policy: RenderedPolicy, live: Inventory): readonly NamedPolicy[] {
  const one = (found: NamedPolicy | undefined): readonly NamedPolicy[] => (found === undefined ? [] : [found])
  switch (policy.kind) {
    case "key":
      return one(keyIn(policy, live)?.policy)
    case "bucket":
      return one(live.buckets.find(({ name }) => policy.subject.endsWith(`:${name}`))?.policy)
    case "trust":
      return one(live.principals.find(({ arn }) => arn === policy.subject)?.trust)
    case "identity":
      return live.principals.find(({ arn }) => arn === policy.subject)?.identity ?? []
    case "scp":
      return (live.accounts.find(({ id }) => id === policy.subject)?.scps ?? []).flatMap(({ policies }) => policies)
    default:
      return []
  }
}

function isAbout(subject: string, policy: RenderedPolicy, live: Inventory): boolean {
  if (subject === policy.subject) return true
  return policy.kind === "key" && (subject === keyIn(policy, live)?.arn || subject === policy.subject)
}

interface Told {
  readonly name: string
  readonly digest: string
}

function statementsOf(document: string | object, kind: PolicyKind): Told[] {
  return parsePolicy(document, kind).document.statements.map((statement) => ({
    name: statement.sid ?? `statement ${statement.index}`,
    digest: canonicalJson(normal(statement)),
  }))
}

/** What a statement means: lists sorted, index and Sid left out. */
function normal({ index: _index, sid: _sid, conditions, ...rest }: Statement): object {
  const sorted = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, Array.isArray(value) ? sortedList(value) : value]),
  )
  return {
    ...sorted,
    conditions: sortedList(
      conditions.map((test) => ({ ...test, key: test.key.toLowerCase(), values: sortedList(test.values) })),
    ),
  }
}

const sortedList = (list: readonly unknown[]): unknown[] =>
  [...list].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))

function missingFrom(wanted: readonly Told[], there: readonly Told[]): string[] {
  const digests = new Set(there.map(({ digest }) => digest))
  return wanted.filter(({ digest }) => !digests.has(digest)).map(({ name }) => name)
}
