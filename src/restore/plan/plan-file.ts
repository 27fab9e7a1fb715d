import type { z } from "zod"
import { canonicalJson } from "../../kernel/canonical-json.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { sha256Hex } from "../../kernel/digest.ts"
import { display } from "../../kernel/display.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { RestorePlanFile } from "./plan-schema.ts"
import type { RestorePlan } from "./restore-plan.ts"

const NEXT = ["dr restore plan … --out FILE makes a new one"]
const SHOWN = 10

/** The plan with the hash of everything else in it. */
export const sealed = (plan: Omit<RestorePlan, "hash">): RestorePlan => ({ ...plan, hash: hashOf(plan) })

const hashOf = (content: object): string => sha256Hex(canonicalJson(content))

/**
 * A plan from the JSON of a file. Its hash shows a change, not who wrote it.
 * @throws DrError E_PLAN (78) for what is no plan of this format, E_PLAN_EDITED (78) when it is not what was written
 */
export function openRestorePlan(path: string, value: unknown): RestorePlan {
  const known = value as { kind?: unknown; version?: unknown } | null | undefined
  if (typeof known !== "object" || known === null || known.kind !== "RestorePlan")
    throw noPlan(path, "expected kind RestorePlan")
  if (known.version !== 1)
    throw noPlan(path, `it has format ${display(JSON.stringify(known.version) ?? "none", 40)}, this dr reads format 1`)
  const read = RestorePlanFile.safeParse(value)
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

/** @throws DrError E_PLAN_EXPIRED (3): the listing that it froze is too old */
export function mustBeFresh({ expiresAt, env }: Pick<RestorePlan, "expiresAt" | "env">, now: number): void {
  if (isoStamp(now) < expiresAt) return
  throw new DrError({
    code: "E_PLAN_EXPIRED",
    exit: EXIT.checkSaysNo,
    message: `the plan expired at ${expiresAt}: nothing was done`,
    hints: [`dr restore plan -e ${env} … --out FILE; a run that has begun is continued with dr resume`],
  })
}

function digest(path: string, content: object): string {
  try {
    return hashOf(content)
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
