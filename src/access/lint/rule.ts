import type { CompiledPolicy, CompiledStatement } from "../compile.ts"
import type { Grant } from "../grants.ts"
import type { CompiledInventory } from "../inventory-stack.ts"
import type { InventoryAccount, InventoryBucket, InventoryKey, InventoryPrincipal } from "../inventory.ts"
import type { PolicyDocument, PolicyIssue, PolicyKind } from "../statement.ts"

export type Severity = "error" | "warning" | "info"
export type Path = ReadonlyArray<string | number>

/** One thing that is wrong, where, and what to write instead. */
export interface Finding {
  readonly rule: string
  readonly severity: Severity
  /** File, policy, key, grant or account. */
  readonly subject: string
  readonly message: string
  readonly fix: string
  readonly path: Path
  readonly statement?: number
  readonly sid?: string
  /** 1 is the first; only of a policy that was given as text. */
  readonly line?: number
}

/** A rule that could not be judged. It has not passed. */
export interface Skipped {
  readonly rule: string
  readonly subject: string
  readonly why: string
}

/** What a rule says of its subject; the linter adds who says it and where the path leads. */
interface Draft {
  readonly message: string
  readonly fix: string
  readonly path: Path
  /** When this case is less or more than the rule's own severity. */
  readonly severity?: Severity
}
interface NotRun {
  readonly notRun: string
}
export type Result = Draft | NotRun

/** Facts that stand in no policy. A rule that needs one that is not given says so. */
export interface LintFacts {
  /** Of the key, role or bucket that the policy belongs to. */
  readonly account?: string
  readonly region?: string
  readonly keyArn?: string
  readonly recoveryRoles?: readonly string[]
  readonly breakGlassRoles?: readonly string[]
  /** Left out = every role that a key policy lets use the key and that is neither recovery nor break-glass. */
  readonly workloadRoles?: readonly string[]
  /** Accounts that may be named; the policy's own need not be among them. */
  readonly declaredAccounts?: readonly string[]
  readonly organizationId?: string
  readonly recoveryRegions?: readonly string[]
  readonly maxGrantAgeDays?: number
  /** Role whose trust policy is looked at. */
  readonly roleArn?: string
  readonly bucket?: string
  /** Epoch milliseconds, for the age of grants. */
  readonly now?: number
}

export interface Expectations extends LintFacts {
  /** Replicas that must exist: key by ARN, alias or label. */
  readonly replicas?: ReadonlyArray<{ readonly key: string; readonly region: string }>
  /** Replicas, by ARN, whose policy differs from their primary's for a reason. */
  readonly differingReplicas?: readonly string[]
  /** Left out = the principals of the inventory and AWS's services. */
  readonly grantees?: readonly string[]
}

export type Scope = PolicyKind | "key-properties" | "grant" | "account"

export interface PolicyContext {
  readonly on: "policy"
  readonly subject: string
  readonly kind: PolicyKind
  readonly text?: string
  readonly document: PolicyDocument
  readonly issues: readonly PolicyIssue[]
  /** The text as given, or the JSON without blanks. */
  readonly written: string
  /** As AWS reads what it has stored; by position, not by index. */
  readonly compiled: CompiledPolicy
  readonly facts: Expectations
  /** Owner of what the policy is attached to: as given, or the one account that a key policy names. */
  readonly account: string | undefined
  readonly partition: string
  /** The key or bucket that questions are asked about; a stand-in when `keyArn` or the bucket is not known. */
  readonly keyArn: string
  readonly keyIsKnown: boolean
  readonly bucket: string | undefined
  readonly inventory?: CompiledInventory
  readonly key?: InventoryKey
  readonly bucketFacts?: InventoryBucket
}

export interface KeyContext {
  readonly on: "key"
  readonly subject: string
  readonly key: InventoryKey
  readonly inventory: CompiledInventory
  readonly facts: Expectations
}

export interface GrantContext {
  readonly on: "grant"
  readonly subject: string
  readonly key: InventoryKey
  readonly grant: Grant
  readonly inventory: CompiledInventory
  readonly facts: Expectations
}

export interface AccountContext {
  readonly on: "account"
  readonly subject: string
  readonly account: InventoryAccount
  readonly principals: readonly InventoryPrincipal[]
  readonly inventory: CompiledInventory
  readonly facts: Expectations
}

export type LintContext = PolicyContext | KeyContext | GrantContext | AccountContext

/** `origin`: who else checks it (docs, Security Hub, Control Tower, …) and the case that shows why; empty = ours. */
interface Head {
  readonly id: string
  readonly severity: Severity
  readonly origin: readonly string[]
  readonly title: string
}

export interface Rule extends Head {
  readonly on: readonly Scope[]
  check(context: LintContext): Iterable<Result>
}

type Check<C> = (context: C) => Iterable<Result>

export const policyRule = (head: Head, on: readonly PolicyKind[], check: Check<PolicyContext>): Rule => ({
  ...head,
  on,
  check: (context) => (context.on === "policy" ? check(context) : []),
})

export const keyRule = (head: Head, check: Check<KeyContext>): Rule => ({
  ...head,
  on: ["key-properties"],
  check: (context) => (context.on === "key" ? check(context) : []),
})

export const grantRule = (head: Head, check: Check<GrantContext>): Rule => ({
  ...head,
  on: ["grant"],
  check: (context) => (context.on === "grant" ? check(context) : []),
})

/** Of an organisation: its accounts with an inventory, one policy by itself without. */
export const accountRule = (
  head: Head,
  check: Check<AccountContext>,
  alone: { readonly on: readonly PolicyKind[]; readonly check: Check<PolicyContext> },
): Rule => ({
  ...head,
  on: ["account", ...alone.on],
  check(context) {
    if (context.on === "account") return check(context)
    return context.on === "policy" && context.inventory === undefined ? alone.check(context) : []
  },
})

/** One statement of a policy with its compiled form. */
export interface Judged {
  readonly source: CompiledStatement["source"]
  readonly compiled: CompiledStatement
}
