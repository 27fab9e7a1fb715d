import { accountPrincipalArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { allow, policyOf, type Policy } from "./statement.ts"

/** Who may become a drill role: the runners, else whoever the workload account lets, with a name and the external id. */
export function drillTrust(environment: ResolvedEnvironment, account: ResolvedAccount): Policy {
  const { runners, workload, primaryRegion, organizationId } = environment
  const principal = runners.length > 0 ? runners : accountPrincipalArn(workload.id, partitionOf(primaryRegion))
  const equals = {
    ...(account.externalId === undefined ? {} : { "sts:ExternalId": account.externalId }),
    ...(organizationId === undefined || account.id === workload.id ? {} : { "aws:PrincipalOrgID": organizationId }),
  }
  return policyOf([
    allow("RunnersMayDrill", {
      principal,
      action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
      ...(Object.keys(equals).length === 0 ? {} : { when: { StringEquals: equals } }),
    }),
  ])
}

/** People only, with a second factor that is fresh, and under their name. */
export function breakGlassTrust(account: ResolvedAccount, region: RegionName): Policy {
  return policyOf([
    allow("PeopleWithAFreshSecondFactor", {
      principal: accountPrincipalArn(account.id, partitionOf(region)),
      action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
      when: {
        Bool: { "aws:MultiFactorAuthPresent": "true" },
        NumericLessThan: { "aws:MultiFactorAuthAge": "900" },
        StringLike: { "sts:SourceIdentity": "?*" },
      },
    }),
  ])
}
