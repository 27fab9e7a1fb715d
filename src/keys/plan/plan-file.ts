import type { z } from "zod"
import { isoStamp } from "../../kernel/clock.ts"
import { digestOf } from "../../kernel/digest.ts"
import { display } from "../../kernel/display.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { KeyPlan } from "./key-plan.ts"

const NEXT = ["dr keys plan -e ENV --out FILE makes a new one"]
const SHOWN = 10

/**
 * A plan from the JSON of a file. Its hash shows a change, not who wrote it: that the steps are dr's own is found out
 * when they are planned again.
 * @throws DrError E_PLAN (78) for what is no plan of this format, E_PLAN_EDITED (78) when it is not what was written
 */
export function openKeyPlan(path: string, value: unknown): KeyPlan {
  const known = value as { kind?: unknown; version?: unknown; apiVersion?: unknown } | null | undefined
  if (typeof known !== "object" || known === null || known.kind !== "KeyPlan" || known.apiVersion !== "dr/v1")
    throw noPlan(path, "expected kind KeyPlan of dr/v1")
  if (known.version !== 1)
    throw noPlan(path, `it has format ${display(JSON.stringify(known.version) ?? "none", 40)}, this dr reads format 1`)
  const read = KeyPlan.safeParse(value)
  if (!read.success) throw noPlan(path, issuesOf(read.error))
  const { hash, ...content } = read.data
  const computed = digest(path, content)
  if (computed !== hash)
    throw new DrError({
      code: "E_PLAN_EDITED",
      exit: EXIT.config,
      message: `${display(path)} was changed after it was written: its hash is ${computed}, it says ${hash}`,
      hints: NEXT,
    })
  return read.data
}

/** @throws DrError E_PLAN_EXPIRED (3): who agreed to it agreed to what was then */
export function mustBeFresh({ expiresAt, env }: KeyPlan, now: number): void {
  if (isoStamp(now) < expiresAt) return
  throw new DrError({
    code: "E_PLAN_EXPIRED",
    exit: EXIT.checkSaysNo,
    message: `the plan expired at ${expiresAt}: nothing was done`,
    hints: [`dr keys plan -e ${env} --out FILE; what an interrupted apply has made is found and kept`],
  })
}

function digest(path: string, content: object): string {
  try {
    return digestOf(content)
  } catch (cause) {
    throw noPlan(path, `nobody can digest it: ${messageOf(cause)}`)
  }
}

function issuesOf({ issues }: z.ZodError): string {
  const lines = issues
    .slice(0, SHOWN)
    .map(({ path, message }) => `${display(path.join("."), 200)}: ${display(message, 200)}`)
  return [
    "it does not have the form of a plan",
    ...lines,
    ...(issues.length > SHOWN ? [`and ${issues.length - SHOWN} more`] : []),
  ].join("\n")
}

const noPlan = (path: string, why: string): DrError =>
  new DrError({
    code: "E_PLAN",
    exit: EXIT.config,
    message: `cannot use ${display(path)} as a plan: ${why}`,
    hints: NEXT,
  })
