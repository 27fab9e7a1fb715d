import { accountPrincipalArn, parseArn } from "../access/arn.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import { renderPolicies } from "./policy/render.ts"

/** A role with its trust policy and, where one is rendered for it, its identity policy. */
export interface EstateRole {
  readonly arn: string
  readonly trust: object
  readonly policy?: object
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
