import type { Answer, StepAnswer } from "./ask.ts"
import type { Verdict } from "./decision.ts"
import { toJson, toText } from "./explain.ts"

const HEAD: Readonly<Record<Verdict, string>> = {
  allowed: "✓ allowed",
  "implicit-deny": "✕ denied: nothing allows it",
  "explicit-deny": "✕ denied by a statement",
  depends: "? depends: not proven",
}

/** An answer for people: the verdict on the call first, then every authorisation with its reasons. */
export function answerText(answers: readonly Answer[]): string {
  return answers
    .map(({ verdict, steps }) =>
      [steps.length === 1 ? HEAD[verdict] : `${HEAD[verdict]} (${steps.length} steps)`, ...steps.map(stepText)].join(
        "\n",
      ),
    )
    .join("\n\n")
}

function stepText({ explained, verdict, gaps, strangers, assumes }: StepAnswer): string {
  const open = verdict === "depends" && explained.decision.verdict !== "depends"
  return [
    toText(explained),
    ...assumes.map((each) => `  assumed   ${each}`),
    ...[...gaps, ...strangers].map((each) => `  gap       ${each}`),
    ...(open ? ["  depends   what could not be read may turn the verdict: not proven"] : []),
  ].join("\n")
}

/** For `--json`: one object a principal. */
export function answerJson({ verdict, steps }: Answer): object {
  return {
    verdict,
    steps: steps.map((step) => ({
      ...toJson(step.explained),
      verdict: step.verdict,
      gaps: [...step.gaps, ...step.strangers],
      assumes: step.assumes,
    })),
  }
}
