import type { ResolvedAccount } from "../../estate/topology.ts"
import { DESTROY_KEY } from "./actions.ts"
import { roleOf } from "./scene.ts"
import { deny, policyOf, type Policy } from "./statement.ts"

/** For the accounts of the estate: what the key policies say, where no administrator of the account can undo it. */
export const protectKeysScp = (accounts: readonly ResolvedAccount[]): Policy =>
  policyOf([
    deny("OnlyBreakGlassDestroysKeys", {
      action: DESTROY_KEY,
      resource: "*",
      when: { ArnNotEquals: { "aws:PrincipalArn": accounts.map((account) => roleOf(account, "breakGlass")) } },
    }),
  ])
