import { accountPrincipalArn, keyArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import { decide } from "../../access/decide.ts"
import { CompiledInventory } from "../../access/inventory-stack.ts"
import { lintPolicy } from "../../access/lint/index.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import { namedPrincipals } from "../named-principals.ts"
import type { KeyStep, PlanProblem } from "./key-plan.ts"
import type { NamedRoles } from "./named-roles.ts"
import { rolesOf } from "./plan-grants.ts"
import { problem } from "./problem.ts"
import type { WantedState } from "./wanted-state.ts"

type PolicyStep = Extract<KeyStep, { readonly policy: string }>

/** What would go wrong with the policies that the plan sets. Each of these blocks: a key policy is no place to try. */
export function policyProblems(
  environment: ResolvedEnvironment,
  wanted: WantedState,
  steps: readonly KeyStep[],
  named: NamedRoles,
): PlanProblem[] {
  return steps
    .filter((step) => "policy" in step)
    .flatMap((step) => [
      ...principalProblems(environment, wanted, step, named),
      ...lockOut(environment, wanted, step, named),
      ...lintErrors(environment, wanted, step),
    ])
}

function principalProblems(
  environment: ResolvedEnvironment,
  wanted: WantedState,
  { region, policy }: PolicyStep,
  { roles }: NamedRoles,
): PlanProblem[] {
  const own: readonly string[] = [environment.workload.id, environment.recovery.id]
  const { roles: arns } = namedPrincipals([asKey(region, policy)], [])
  return arns.flatMap((arn) => {
    const role = roles.get(arn)
    if (role === undefined || role.kind === "there") return []
    const gone = role.kind === "missing"
    const ours = own.includes(tryParseArn(arn)?.account ?? "")
    return [
      problem(wanted, gone ? "missing-principal" : "unread-principal", {
        region,
        message: gone
          ? `the policy names ${arn}, which does not exist: ${role.why}`
          : `the policy names ${arn}, and nobody could look whether it exists: ${role.why}`,
        hint: gone
          ? "make the role first, or take it out of dr.yaml; KMS takes no policy that names it"
          : `iam:GetRole for who reads ${tryParseArn(arn)?.account} (dr policy render, operator-role)`,
        blocks: gone || ours,
        unmet: gone || ours,
      }),
    ]
  })
}

/** Somebody must be able to set the next policy: break-glass with an approved plan, or the account under the seed's template. */
function lockOut(
  environment: ResolvedEnvironment,
  wanted: WantedState,
  { region, policy, arn = keyArn(region, wanted.account, "mrk-planned") }: PolicyStep,
  { administrators, gaps }: NamedRoles,
): PlanProblem[] {
  const account = [environment.workload, environment.recovery].find(({ id }) => id === wanted.account)
  const seed = wanted.template === "seed-default"
  const who = seed ? accountPrincipalArn(wanted.account, partitionOf(region)) : account?.roles.breakGlass
  if (who === undefined) return []
  const inventory = new CompiledInventory({
    source: "the plan",
    ...(environment.organizationId === undefined ? {} : { organization: { id: environment.organizationId } }),
    accounts: [environment.workload, environment.recovery].map(({ id, name }) => ({ id, name, scps: [], rcps: [] })),
    principals: administrators,
    keys: [{ ...asKey(region, policy), arn, account: wanted.account, tags: wanted.tags, aliases: [wanted.alias] }],
    buckets: [],
    gaps,
  })
  const { verdict, gaps: open } = decide(inventory, who, "kms:PutKeyPolicy", arn, {
    facts: BEHIND_THE_GLASS,
    unknown: [],
  })
  if (verdict === "allowed") return []
  const why =
    verdict === "explicit-deny"
      ? "a statement denies it"
      : verdict === "depends"
        ? `nobody can say: ${open.map((gap) => `${gap.what} of ${gap.subject}: ${gap.why}`).join("; ")}`
        : "nothing allows it"
  return [
    problem(wanted, "lock-out", {
      region,
      message: `with this policy ${who} could not call kms:PutKeyPolicy any more (${why}): only AWS Support could ever change it again`,
      hint: `dr policy check --as ${who} --action kms:PutKeyPolicy --on ${wanted.alias}@${region} tells which policy it is`,
      blocks: true,
    }),
  ]
}

/** A session as break-glass gets it: a plan that was approved, a name. Values stand for any. */
const BEHIND_THE_GLASS = {
  "aws:PrincipalTag/dr-plan": `sha256-${"0".repeat(64)}`,
  "aws:SourceIdentity": "a-person",
  "kms:BypassPolicyLockoutSafetyCheck": "false",
}

function lintErrors(
  environment: ResolvedEnvironment,
  wanted: WantedState,
  { region, policy }: PolicyStep,
): PlanProblem[] {
  const { findings } = lintPolicy(policy, "key", {
    account: wanted.account,
    region,
    // Who stands in dr.yaml is declared by it.
    declaredAccounts: [...new Set([...rolesOf(environment)].flatMap((arn) => tryParseArn(arn)?.account ?? []))],
    ...(environment.organizationId === undefined ? {} : { organizationId: environment.organizationId }),
  })
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ rule, message, fix }) =>
      problem(wanted, "unsafe-policy", { region, message: `${rule}: ${message}`, hint: fix, blocks: true }),
    )
}

const asKey = (region: string, policy: string) => ({
  arn: "",
  account: "",
  region,
  aliases: [],
  grants: [],
  policy: { name: "the planned policy", document: policy },
})
