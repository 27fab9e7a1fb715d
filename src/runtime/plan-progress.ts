import { z } from "zod"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { BegunPlan, PlanProgress } from "../keys/plan/apply-deps.ts"
import type { KeyPlan } from "../keys/plan/key-plan.ts"
import { readIfThere, writeAtomic, type StateFolder } from "./state-folder.ts"

const Stored = z.strictObject({
  kind: z.literal("KeyPlanProgress"),
  plan: z.string(),
  env: z.string(),
  begunAt: z.string(),
  finishedAt: z.string().optional(),
  acting: z.strictObject({ step: z.string(), at: z.iso.datetime(), was: z.string().optional() }).optional(),
  done: z.array(z.strictObject({ step: z.string(), at: z.string(), result: z.enum(["done", "already"]) })),
})

/** `plans/HASH.json` in the state folder, written whole and synced before each act. @throws DrError E_PLAN_PROGRESS (78) for one that is not ours */
export function planProgress(state: StateFolder): PlanProgress {
  const pathOf = ({ hash }: KeyPlan): string => state.join("plans", `${hash.slice("sha256:".length)}.json`)
  return {
    async read(plan) {
      const path = pathOf(plan)
      const text = await readIfThere(path)
      if (text === undefined) return undefined
      const { kind: _kind, plan: hash, env: _env, ...begun } = parse(path, text)
      if (hash !== plan.hash) throw foreign(path, `it is of the plan ${hash}`)
      return begun as BegunPlan
    },
    async write(plan, begun) {
      await state.folder("plans")
      const stored = { kind: "KeyPlanProgress", plan: plan.hash, env: plan.env, ...begun }
      await writeAtomic(pathOf(plan), `${JSON.stringify(stored, undefined, 2)}\n`)
    },
  }
}

function parse(path: string, text: string): z.infer<typeof Stored> {
  try {
    return Stored.parse(JSON.parse(text))
  } catch (cause) {
    throw foreign(path, messageOf(cause), cause)
  }
}

const foreign = (path: string, why: string, cause?: unknown): DrError =>
  new DrError({
    code: "E_PLAN_PROGRESS",
    exit: EXIT.config,
    message: `cannot use ${path}: ${why}`,
    hints: ["plan again: a new plan finds what an interrupted one has made"],
    cause,
  })
