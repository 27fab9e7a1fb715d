import { comparePolicies } from "./compare.ts"
import type { RenderedPolicy } from "./rendered.ts"

/**
 * The text of one key policy, as AWS has it, against the rendered one, statement by statement.
 * @throws PolicyError for a text that is no policy
 */
export function compareKeyPolicy(
  rendered: Pick<RenderedPolicy, "document" | "account" | "subject"> & { readonly region?: RenderedPolicy["region"] },
  live: string,
): { readonly state: string; readonly absent: readonly string[]; readonly foreign: readonly string[] } {
  const { account, region = "", subject } = rendered
  const alias = subject.slice(subject.lastIndexOf(":alias/") + 1)
  const [state] = comparePolicies([{ ...rendered, kind: "key" } as RenderedPolicy], {
    source: "one key",
    accounts: [],
    principals: [],
    buckets: [],
    keys: [{ arn: subject, account, region, aliases: [alias], grants: [], policy: { name: subject, document: live } }],
  })
  return state ?? { state: "missing", absent: [], foreign: [] }
}
