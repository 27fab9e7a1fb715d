/** What a policy is attached to: decides which elements it must, may and may not have. */
export type PolicyKind = "key" | "identity" | "trust" | "bucket" | "scp" | "rcp" | "boundary" | "session" | "endpoint"

type PrincipalType = "AWS" | "Service" | "Federated" | "CanonicalUser"

export interface PrincipalEntry {
  readonly type: PrincipalType
  readonly value: string
}

/** One operator with one key; all tests of a statement must hold. */
export interface ConditionTest {
  /** As written: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string
  /** As written; compare without case. */
  readonly key: string
  readonly values: readonly string[]
}

export interface Statement {
  readonly index: number
  readonly sid?: string
  readonly effect: "Allow" | "Deny"
  /** `*` stands as `{ type: "AWS", value: "*" }`. */
  readonly principals?: readonly PrincipalEntry[]
  readonly notPrincipals?: readonly PrincipalEntry[]
  readonly actions?: readonly string[]
  readonly notActions?: readonly string[]
  /** Absent = the element is missing: no effect in a key policy, normal in a trust policy. */
  readonly resources?: readonly string[]
  readonly notResources?: readonly string[]
  readonly conditions: readonly ConditionTest[]
}

export interface PolicyDocument {
  readonly kind: PolicyKind
  readonly version: "2012-10-17" | "2008-10-17"
  readonly id?: string
  readonly statements: readonly Statement[]
}

/**
 * Something wrong with a policy's text.
 * `refuse`: AWS would not store it, or it is no policy: nothing may be evaluated.
 * `statement`: the statement means something else than it says (a typo): refused in an Allow, undecided in a Deny.
 * `warn`: legal and doubtful: for lint.
 */
export interface PolicyIssue {
  readonly code: IssueCode
  readonly severity: "refuse" | "statement" | "warn"
  readonly message: string
  readonly path: ReadonlyArray<string | number>
  /** Index of the statement; undefined = the document. */
  readonly statement?: number
  /** What was probably meant. */
  readonly suggestion?: string
}

export type IssueCode =
  | "not-json"
  | "duplicate-key"
  | "unrendered"
  | "unknown-element"
  | "bad-version"
  | "missing-version"
  | "bad-effect"
  | "bad-shape"
  | "no-statement"
  | "missing-principal"
  | "forbidden-principal"
  | "missing-action"
  | "missing-resource"
  | "forbidden-resource"
  | "bad-principal"
  | "bad-action"
  | "unknown-action"
  | "unknown-operator"
  | "unknown-key"
  | "bad-value"
