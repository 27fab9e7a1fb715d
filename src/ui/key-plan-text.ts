import { display } from "../kernel/display.ts"
import type { AppliedPlan } from "../keys/plan/apply-plan.ts"
import type { KeyPlan, KeyStep, PlanProblem } from "../keys/plan/key-plan.ts"

export interface PlanView {
  /** With API calls and the way back of each step. */
  readonly verbose: boolean
  readonly simulated: boolean
  /** False: whoever reads it is asked at once. */
  readonly next: boolean
  /** Where the plan was written. */
  readonly file?: string | undefined
}

/** The plan by key: `+` makes, `~` changes, `-` takes away, `!` is for a person. Ends with the next command. */
export function keyPlanText(plan: KeyPlan, view: PlanView): string {
  const names = [...new Set([...plan.steps, ...plan.problems].map(({ side, key }) => `${side}/${key}`))]
  return [
    `plan for ${plan.env}${view.simulated ? " (SIMULATED)" : ""}: ${summary(plan)}`,
    ...names.map((name) => groupText(plan, name, view)),
    ...(plan.steps.length === 0 ? [] : [`${plan.hash}, valid until ${plan.expiresAt}`]),
    ...nextCommand(plan, view),
  ].join("\n\n")
}

function summary({ steps, problems }: KeyPlan): string {
  const blocking = problems.filter(({ blocks }) => blocks).length
  const parts = [
    steps.length === 0 ? "no changes" : `${steps.length} ${steps.length === 1 ? "step" : "steps"}`,
    ...(problems.length === 0 ? [] : [`${problems.length} ${problems.length === 1 ? "problem" : "problems"}`]),
    ...(blocking === 0 ? [] : [`${blocking} of them ${blocking === 1 ? "blocks" : "block"}: nothing can be applied`]),
  ]
  return parts.join(", ")
}

function groupText(plan: KeyPlan, name: string, view: PlanView): string {
  const own = (each: { side: string; key: string }): boolean => `${each.side}/${each.key}` === name
  return [
    name,
    ...plan.steps.filter(own).flatMap((step) => stepLines(step, view.verbose)),
    ...plan.problems.filter(own).flatMap(problemLines),
  ].join("\n")
}

const MARKS: Readonly<Record<KeyStep["kind"], string>> = {
  "create-key": "+",
  "replicate-key": "+",
  "create-alias": "+",
  "create-grant": "+",
  "put-policy": "~",
  "tag-key": "~",
  "describe-key": "~",
  "enable-rotation": "~",
  "revoke-grant": "-",
}

function stepLines(step: KeyStep, verbose: boolean): string[] {
  const where = `${step.account} ${step.region} as ${step.as}`
  return [
    `  ${MARKS[step.kind]} ${where.padEnd(44)} ${display(step.title, 400)}${step.reversible ? "" : " (no way back)"}`,
    ...(verbose
      ? [`      ${step.id}`, `      calls ${step.calls.join(", ")}`, `      undo: ${display(step.undo, 400)}`]
      : []),
  ]
}

const problemLines = ({ code, region, message, hint, blocks }: PlanProblem): string[] => [
  `  ! ${code}${region === undefined ? "" : ` in ${region}`}${blocks ? " (blocks)" : ""}: ${display(message, 1_000)}`,
  `      next: ${display(hint, 600)}`,
]

function nextCommand({ steps, problems, env }: KeyPlan, { file, next }: PlanView): string[] {
  if (!next || steps.length === 0 || problems.some(({ blocks }) => blocks)) return []
  return [`next: dr keys apply ${file === undefined ? `-e ${env}` : display(file)}`]
}

/** Each step and what became of it, then the proofs. */
export function appliedText(applied: AppliedPlan & { readonly journal: string }, simulated: boolean): string {
  const { steps, proofs, problems, env } = applied
  const count = (result: string): number => steps.filter((step) => step.result === result).length
  return [
    [
      `applied to ${env}${simulated ? " (SIMULATED)" : ""}: ${count("done")} done, ${count("already")} already so, all read back`,
      ...steps.map(({ step, result, arn }) => `  ${result === "done" ? "✓" : "-"} ${step.id.padEnd(52)} ${arn}`),
    ].join("\n"),
    ...(proofs.length === 0
      ? []
      : [
          proofs
            .map(
              ({ key, result, note }) =>
                `${result === "proven" ? "✓ proven" : "? not proven"}  ${key}: ${display(note, 600)}`,
            )
            .join("\n"),
        ]),
    ...(problems.length === 0 ? [] : [problems.flatMap(problemLines).join("\n")]),
    `journal: ${applied.journal}`,
    `next: dr keys plan -e ${env} --detailed-exitcode`,
  ].join("\n\n")
}
