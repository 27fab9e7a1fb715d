import { parsePolicy } from "../../access/document.ts"
import { compareKeyPolicy } from "../policy/compare-one.ts"
import type { RenderedPolicy } from "../policy/rendered.ts"
import type { KeyFacts } from "../status/key-inventory.ts"
import type { KeyStep, PlanProblem } from "./key-plan.ts"
import { problem } from "./problem.ts"
import { putPolicy } from "./steps.ts"
import type { WantedState } from "./wanted-state.ts"

/**
 * The policy of one Region against its template. A Deny that nobody rendered is never taken away: an incident closes a
 * key with one, and a plan that "mends" it would open the key to whoever it was closed against.
 */
export function policyDrift(
  wanted: WantedState,
  facts: KeyFacts,
): { readonly steps: readonly KeyStep[]; readonly problems: readonly PlanProblem[] } {
  const rendered = wanted.policies.get(facts.region)
  if (rendered === undefined || facts.policy === undefined) return { steps: [], problems: [] }
  const state = compareKeyPolicy(rendered, facts.policy)
  if (state.state === "current") return { steps: [], problems: [] }
  const denies = foreignDenies(facts.policy, rendered, state.foreign)
  if (denies.length > 0)
    return {
      steps: [],
      problems: [
        problem(wanted, "foreign-deny", {
          region: facts.region,
          message: `the policy of ${facts.arn} has a Deny that dr.yaml does not render (${denies.join(", ")}): it may hold a quarantine, so the policy is left alone`,
          hint: "when no incident is open, take the statement out by hand (as break-glass), then plan again",
        }),
      ],
    }
  return { steps: [putPolicy({ wanted, region: facts.region, arn: facts.arn }, state)], problems: [] }
}

/** One of ours in an older form has a Sid of the template's, and may be replaced. */
function foreignDenies(live: string, { document }: RenderedPolicy, foreign: readonly string[]): string[] {
  const own = new Set(document.Statement.map((statement) => statement["Sid"]))
  return parsePolicy(live, "key")
    .document.statements.filter(({ effect }) => effect === "Deny")
    .map((statement) => ({ sid: statement.sid, name: statement.sid ?? `statement ${statement.index}` }))
    .filter(({ sid, name }) => foreign.includes(name) && (sid === undefined || !own.has(sid)))
    .map(({ name }) => name)
}
