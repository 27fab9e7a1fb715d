import { accountPrincipalArn, parseArn } from "../access/arn.ts"
import type { Estate } from "../estate/model.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"
import { DrError } from "../kernel/errors.ts"
import { renderPolicies } from "./policy/render.ts"

/** A role with its trust policy and, where one is rendered for it, its identity policy. */
export interface EstateRole {
  readonly arn: string
  readonly trust: object
  readonly policy?: object
}

interface Document {
  readonly Statement: readonly object[]
}

/** Every role of the estate. A role of two environments has the rights of both. `refused`: environments that cannot be rendered, and why. */
export function rolesOfEstate(estate: Estate): { roles: readonly EstateRole[]; refused: ReadonlyMap<string, string> } {
  const roles = new Map<string, EstateRole>()
  const refused = new Map<string, string>()
  for (const env of Object.keys(estate.environments)) {
    try {
      for (const role of estateRoles(environmentOf(estate, env))) roles.set(role.arn, merged(roles.get(role.arn), role))
    } catch (thrown) {
      if (!(thrown instanceof DrError) || !thrown.code.startsWith("E_POLICY_")) throw thrown
      refused.set(env, thrown.message)
    }
  }
  return { roles: [...roles.values()], refused }
}

function merged(known: EstateRole | undefined, role: EstateRole): EstateRole {
  if (known === undefined) return role
  const both = (a: object, b: object): object => ({
    ...a,
    Statement: [...(a as Document).Statement, ...(b as Document).Statement],
  })
  const policy =
    known.policy === undefined || role.policy === undefined
      ? (known.policy ?? role.policy)
      : both(known.policy, role.policy)
  return { arn: role.arn, trust: both(known.trust, role.trust), ...(policy === undefined ? {} : { policy }) }
}

/** Every role of the environment with exactly the rights that are rendered for it. Who has no rendered trust trusts its own account. */
export function estateRoles(environment: ResolvedEnvironment): EstateRole[] {
  const rendered = renderPolicies(environment)
  const { workload, recovery, keys, datasets } = environment
  const named = [workload, recovery].flatMap((account) => Object.values(account.roles))
  const users = [...keys.flatMap((key) => key.users), ...datasets.flatMap((dataset) => dataset.users)]
  const roles = new Set([...named.filter((arn) => arn !== undefined), ...users])
  return [...roles].map((arn) => {
    const of = (kind: string) => rendered.find((policy) => policy.kind === kind && policy.subject === arn)?.document
    const policy = of("identity")
    return { arn, trust: of("trust") ?? trustsItsAccount(arn), ...(policy === undefined ? {} : { policy }) }
  })
}

const trustsItsAccount = (arn: string): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: accountPrincipalArn(parseArn(arn).account, parseArn(arn).partition) },
      Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
    },
  ],
})
