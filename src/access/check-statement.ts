import { actionStatus } from "./catalog/actions.ts"
import { conditionKeyStatus } from "./catalog/condition-keys.ts"
import type { Report } from "./document.ts"
import type { PolicyKind, Statement } from "./statement.ts"
import { keysIn } from "./variables.ts"

type Path = ReadonlyArray<string | number>

/** Kinds whose statements say for whom they are. */
export const HAS_PRINCIPAL: ReadonlySet<PolicyKind> = new Set(["key", "trust", "bucket", "rcp", "endpoint"])

/**
 * Policies that belong to the one thing they are attached to and may leave Resource out: of roles, and (read as kind
 * `bucket`, like those of every other resource) of ECR repositories and EFS file systems. Source: their user guides.
 */
export function needsNoResource(kind: PolicyKind, { actions = [] }: Pick<Statement, "actions">): boolean {
  if (kind === "trust") return true
  return kind === "bucket" && actions.length > 0 && actions.every((each) => /^(ecr|elasticfilesystem):/i.test(each))
}

/** What each kind of policy must and must not have; what AWS answers with MalformedPolicyDocument. */
export function checkElements(statement: Statement, kind: PolicyKind, at: Path, report: Report): void {
  const { principals, notPrincipals, actions, notActions } = statement
  const hasPrincipal = principals !== undefined || notPrincipals !== undefined
  const refuse: Refuse = (code, element, message) => report(code, "refuse", [...at, element], message)
  if (principals !== undefined && notPrincipals !== undefined)
    refuse("bad-shape", "NotPrincipal", "Principal and NotPrincipal in one statement")
  if (HAS_PRINCIPAL.has(kind) && !hasPrincipal)
    refuse("missing-principal", "Principal", `a statement of a ${NAMES[kind]} needs a Principal`)
  if (!HAS_PRINCIPAL.has(kind) && hasPrincipal)
    refuse("forbidden-principal", "Principal", `a ${NAMES[kind]} has no Principal`)
  // Source: IAM user guide, NotPrincipal.
  if ((kind === "trust" || kind === "rcp") && notPrincipals !== undefined)
    refuse("forbidden-principal", "NotPrincipal", `a ${NAMES[kind]} has no NotPrincipal`)
  if (kind === "rcp") checkRcp(statement, refuse)
  if (actions !== undefined && notActions !== undefined)
    refuse("bad-shape", "NotAction", "Action and NotAction in one statement")
  if ((actions ?? notActions ?? []).length === 0) refuse("missing-action", "Action", "the statement has no Action")
  checkResources(statement, kind, at, report)
}

type Refuse = (code: Parameters<Report>[0], element: string, message: string) => void

/** Source: AWS Organizations user guide, RCP syntax. */
function checkRcp({ principals, notActions }: Statement, refuse: Refuse): void {
  if (principals?.some(({ value }) => value !== "*") === true)
    refuse("forbidden-principal", "Principal", `a ${NAMES.rcp} is for everybody: its Principal is "*"`)
  if (notActions !== undefined) refuse("bad-shape", "NotAction", `a ${NAMES.rcp} has no NotAction`)
}

function checkResources(statement: Statement, kind: PolicyKind, at: Path, report: Report): void {
  const { resources, notResources } = statement
  const patterns = resources ?? notResources
  const element = resources === undefined && notResources !== undefined ? "NotResource" : "Resource"
  const path = [...at, element]
  if (resources !== undefined && notResources !== undefined)
    report("bad-shape", "refuse", [...at, "NotResource"], "Resource and NotResource in one statement")
  if (patterns === undefined) {
    if (kind === "key")
      report(
        "missing-resource",
        "warn",
        path,
        "a key-policy statement without Resource has no effect",
        `"Resource": "*"`,
      )
    else if (!needsNoResource(kind, statement))
      report("missing-resource", "refuse", path, `a statement of a ${NAMES[kind]} needs a Resource`)
    return
  }
  if (kind === "trust")
    report("forbidden-resource", "refuse", path, "a trust policy has no Resource: it belongs to its role")
  if (patterns.length === 0) report("missing-resource", "refuse", path, `the list of ${element} is empty`)
  const odd = patterns.find((pattern) => !/^\*+$/.test(pattern) && !pattern.startsWith("arn:"))
  if (odd !== undefined)
    report("bad-shape", "refuse", path, `${JSON.stringify(odd.slice(0, 256))} is neither "*" nor an ARN`)
}

const NAMES: Readonly<Record<PolicyKind, string>> = {
  key: "key policy",
  identity: "identity-based policy",
  trust: "role trust policy",
  bucket: "bucket policy",
  scp: "service control policy",
  rcp: "resource control policy",
  boundary: "permissions boundary",
  session: "session policy",
  endpoint: "VPC endpoint policy",
}

/** `isFull`: enough mistakes are known; each further guess at what was meant costs time. */
export function checkActions(statement: Statement, at: Path, report: Report, isFull: () => boolean): void {
  const path = [...at, statement.actions === undefined ? "NotAction" : "Action"]
  for (const action of statement.actions ?? statement.notActions ?? []) {
    if (action === "*" || isFull()) continue
    if (!/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action) && !/^[A-Za-z0-9*?-]+:[*]+$/.test(action)) {
      const quoted = JSON.stringify(action.slice(0, 256))
      report("bad-action", "statement", path, `${quoted} is no action: expected service:Name`)
      continue
    }
    // A pattern that covers nothing is legal.
    if (/[*?]/.test(action)) continue
    const status = actionStatus(action)
    if (status.kind === "operation-not-action")
      report("unknown-action", "statement", path, `${action} is an API operation, not an IAM action`, status.use)
    if (status.kind === "unknown-action" || status.kind === "unknown-service")
      report("unknown-action", "statement", path, `unknown action ${action}`, status.suggestion)
  }
}

/** Keys of conditions, and those that variables name. */
export function checkKeys(statement: Statement, at: Path, report: Report, isFull: () => boolean): void {
  const check = (key: string, path: Path): void => {
    if (isFull()) return
    const status = conditionKeyStatus(key)
    if (status.kind === "unknown")
      report("unknown-key", "statement", path, `unknown condition key ${key.slice(0, 256)}`, status.suggestion)
  }
  for (const { operator, key, values } of statement.conditions) {
    const path = [...at, "Condition", operator, key]
    check(key, path)
    for (const value of values) for (const name of keysIn(value)) check(name, path)
  }
  const element = statement.resources === undefined ? "NotResource" : "Resource"
  for (const pattern of statement.resources ?? statement.notResources ?? [])
    for (const name of keysIn(pattern)) check(name, [...at, element])
}
