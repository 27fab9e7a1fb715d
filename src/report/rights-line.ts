import type { DrillRecord } from "../rto/record.ts"

/** What the rights check of a drill found; undefined where none was made. */
export function rightsLine({ rights = [] }: Pick<DrillRecord, "rights">): string | undefined {
  if (rights.length === 0) return undefined
  const byAws = rights.filter(({ live }) => live === "allowed").length
  const byPolicies = rights.filter(({ model, live }) => live === "not-tried" && model === "allowed").length
  return `${byAws + byPolicies} of ${rights.length} rights proven before anything was written: ${byAws} by AWS itself, ${byPolicies} by the policies alone`
}
