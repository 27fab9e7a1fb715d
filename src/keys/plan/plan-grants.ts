import { tryParseArn } from "../../access/arn.ts"
import { isGone, type Grant } from "../../access/grants.ts"
import type { GrantSpec } from "../../estate/model.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { KeyFacts } from "../status/key-inventory.ts"
import type { KeyStep, PlanProblem } from "./key-plan.ts"
import { problem } from "./problem.ts"
import { createGrant, revokeGrant, type At } from "./steps.ts"

export interface GrantContext {
  /** Roles that dr.yaml names, in whatever part. */
  readonly roles: ReadonlySet<string>
  /** Ids of grants that a person asked to revoke. */
  readonly revoke: readonly string[]
}

export function rolesOf({ workload, recovery, keys, datasets, runners }: ResolvedEnvironment): ReadonlySet<string> {
  return new Set(
    [
      ...[workload, recovery].flatMap(({ roles }) => Object.values(roles)),
      ...keys.flatMap((key) => [...key.users, ...key.grants.map(({ grantee }) => grantee)]),
      ...datasets.flatMap(({ users }) => users),
      ...runners,
    ].filter((arn) => arn !== undefined),
  )
}

/** Grants of one key in one Region: what is missing is made, what is foreign is told, and nothing is revoked unasked. */
export function planGrants(
  at: At,
  { grants, region }: KeyFacts,
  context: GrantContext,
): { readonly steps: readonly KeyStep[]; readonly problems: readonly PlanProblem[] } {
  if (grants === undefined) return { steps: [], problems: [] }
  const { wanted } = at
  const missing = wanted.grants.filter((spec) => !grants.some((grant) => isThe(spec, grant)))
  const asked = grants.filter(({ id }) => context.revoke.includes(id))
  const kept = asked.filter((grant) => wanted.grants.some((spec) => isThe(spec, grant)))
  const others = grants.filter((grant) => !asked.includes(grant) && !wanted.grants.some((spec) => isThe(spec, grant)))
  return {
    steps: [
      ...missing.map((grant) => createGrant(at, grant)),
      ...asked.filter((grant) => !kept.includes(grant)).map(({ id, grantee }) => revokeGrant(at, id, grantee)),
    ],
    problems: [
      ...kept.map(({ id, name }) =>
        problem(wanted, "grant-wanted", {
          region,
          message: `the grant ${id} cannot be revoked: dr.yaml wants it (${name ?? ""}) and the next plan would make it again`,
          hint: `take it out of keys.${wanted.name}.grants first`,
          blocks: true,
        }),
      ),
      ...others.flatMap((grant) => strange(at, grant, context)),
    ],
  }
}

function strange({ wanted, region }: At, grant: Grant, { roles }: GrantContext): PlanProblem[] {
  const { id, name, grantee, operations } = grant
  const told = { region, hint: `if nobody needs it: dr keys plan --revoke ${id}`, unmet: false }
  if (wanted.grants.some((spec) => spec.name === name))
    return [
      problem(wanted, "differing-grant", {
        ...told,
        message: `the grant ${id} is called ${name} as one of dr.yaml's, and says something else`,
      }),
    ]
  if (isGone(grantee) || roles.has(roleBehind(grantee)) || isService(grantee)) return []
  return [
    problem(wanted, "foreign-grant", {
      ...told,
      message: `a grant of nobody in dr.yaml: ${grantee} may ${operations.join(", ")} (${name ?? id})`,
    }),
  ]
}

const isThe = (spec: GrantSpec, grant: Grant): boolean =>
  grant.name === spec.name &&
  grant.grantee === spec.grantee &&
  grant.constraints === undefined &&
  [...grant.operations].sort().join() === [...spec.operations].sort().join()

/** The ARN itself; of a session the role that it came from, whose path nobody can tell. */
function roleBehind(grantee: string): string {
  const parsed = tryParseArn(grantee)
  const [kind, role = ""] = parsed?.resource.split("/") ?? []
  if (parsed?.service !== "sts" || kind !== "assumed-role") return grantee
  return grantee
    .replace(":sts:", ":iam:")
    .replace(`assumed-role/${role}`, `role/${role}`)
    .split("/")
    .slice(0, 2)
    .join("/")
}

/** A service itself, its service-linked role, or its own session in the account (EBS: `assumed-role/aws:ec2-…`). */
const isService = (grantee: string): boolean =>
  /\.amazonaws\.com(\.cn)?$/.test(grantee) || /:(role\/aws-service-role|assumed-role\/aws:)/.test(grantee)
