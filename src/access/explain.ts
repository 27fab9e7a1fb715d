import { whatWouldFlip, policiesOf, type Hint } from "./counterfactual.ts"
import type { CompiledStatement } from "./compile.ts"
import type { Context } from "./context.ts"
import { contextOf } from "./context.ts"
import type { Decision, Decisive, Layer, Residual } from "./decision.ts"
import { evaluate } from "./evaluate.ts"
import { readPrincipal } from "./principal.ts"
import type { AccessRequest, PolicyStack } from "./request.ts"
import { scan } from "./scan.ts"
import type { ConditionTest } from "./statement.ts"

/** What one layer said. */
interface TraceLine {
  readonly layer: Layer
  readonly policy: string
  readonly says: "denies" | "allows" | "may deny" | "may allow" | "is silent"
}

/** A decision with its reasons. */
export interface Explained {
  readonly request: AccessRequest
  readonly decision: Decision
  /** Single changes that turn the verdict into allowed; each was tried. Empty: it takes more than one. */
  readonly hints: readonly Hint[]
  /** Condition keys that the deciding statements looked at, with where their values come from. */
  readonly assumptions: readonly string[]
  readonly trace: readonly TraceLine[]
}

/** Decides and says why. Slower than `evaluate`: the changes that would flip the verdict are tried out. */
export function explain(request: AccessRequest, stack: PolicyStack): Explained {
  const decision = evaluate(request, stack)
  const given = Object.entries(request.facts).find(([name]) => name.toLowerCase() === "aws:principalarn")?.[1]
  const principal = readPrincipal(request.principal, typeof given === "string" ? given : undefined)
  const context = contextOf({ ...request, principal })
  const asked = { principal, action: request.action.toLowerCase(), resource: request.resource, context }
  return {
    request,
    decision,
    hints: whatWouldFlip(request, stack, decision),
    assumptions: assumptionsOf(decision, stack, context),
    trace: policiesOf(stack).map(([layer, policy]) => {
      const found = scan([policy], asked)
      const allows = (["direct", "role", "account"] as const).some((named) => found.allowed(named) !== undefined)
      const says =
        found.deny !== undefined
          ? "denies"
          : found.maybeDenies.length > 0
            ? "may deny"
            : allows
              ? "allows"
              : found.maybeAllows.length > 0
                ? "may allow"
                : "is silent"
      return { layer, policy: policy.name, says }
    }),
  }
}

function assumptionsOf(decision: Decision, stack: PolicyStack, context: Context): string[] {
  const decided = decision.decisive.flatMap((each) =>
    each.kind === "statement" ? [`${each.policy}#${each.index}`] : [],
  )
  const open = (decision.depends ?? []).map((each) => `${each.policy}#${each.index}`)
  const names = new Set([...decided, ...open])
  const statements: CompiledStatement[] = policiesOf(stack).flatMap(([, policy]) =>
    policy.statements.filter((each) => names.has(`${policy.name}#${each.source.index}`)),
  )
  const keys = new Map(
    statements.flatMap((each) => each.source.conditions.map(({ key }) => [key.toLowerCase(), key] as const)),
  )
  return [...keys].map(([lower, key]) => {
    const value = context.get(lower)
    if (value !== undefined) return `${key} = ${value.values.join(", ")} (${value.origin})`
    return context.isUnknown(lower) ? `${key} is unknown` : `${key} is not in the request`
  })
}

const SENTENCE: Readonly<Record<Decision["verdict"], string>> = {
  allowed: "allowed",
  "implicit-deny": "denied: nothing allows it",
  "explicit-deny": "denied by a statement",
  depends: "depends on what is not known: not proven",
}

/** For people: verdict, reason, what would change it, on what it rests. Plain text of one line each. */
export function toText({ request, decision, hints, assumptions }: Explained): string {
  const lines = [
    request.principal,
    `  ${request.action} on ${request.resource}`,
    `  ${SENTENCE[decision.verdict]} (${decision.layer})`,
    ...decision.decisive.map((each) => `  because   ${decisiveText(each)}`),
    ...(decision.depends ?? []).map((each) => `  depends   ${residualText(each)}`),
    ...hints.map((hint) => `  change    ${hint.text}`),
    ...assumptions.map((each) => `  fact      ${each}`),
  ]
  if (decision.verdict !== "allowed" && decision.verdict !== "depends" && hints.length === 0)
    lines.push("  change    no single change is enough")
  return lines.join("\n")
}

export function decisiveText(each: Decisive): string {
  switch (each.kind) {
    case "statement":
      return `${each.effect} by statement ${each.sid === undefined ? each.index : `${each.index} (${each.sid})`} of ${each.policy}`
    case "grant":
      return `grant ${each.name ?? each.id}`
    case "missing-allow":
      return `no statement of the ${each.layer} layer${each.target === undefined ? "" : ` at ${each.target}`} allows it`
    case "rule":
      return each.rule
  }
}

export function residualText({ must, policy, index, tests }: Residual): string {
  const conditions = tests.map(testText).join(" and ")
  return must === "hold"
    ? `allowed only if ${conditions || "its action is what was meant"} (statement ${index} of ${policy})`
    : `denied if ${conditions || "its action is what was meant"} (statement ${index} of ${policy})`
}

export const testText = ({ operator, key, values }: ConditionTest): string => `${key} ${operator} ${values.join(" | ")}`

/** For reports and `--json`. */
export function toJson({ request, decision, hints, assumptions, trace }: Explained): object {
  const { principal, action, resource, resourceAccount } = request
  return { principal, action, resource, resourceAccount, ...decision, wouldNeed: hints, assumptions, trace }
}
