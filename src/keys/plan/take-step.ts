import { keyIdOf, keyArn } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { StepDeps, StepMemory } from "./apply-deps.ts"
import type { KeyStep } from "./key-plan.ts"
import { keyShows, makeKey } from "./make-key.ts"
import { workOf } from "./step-work.ts"
import { waitUntil } from "./wait-until.ts"

/** Key ids by `side/name`: those that were there, and those that this apply makes. */
export type KeyIds = Map<string, string>

export interface TakenStep {
  readonly step: KeyStep
  readonly result: "done" | "already"
  readonly arn: KeyArn
}

/** `pending`: the step is still needed, as far as the inventory said; one that is not must show that it is so. */
export async function takeStep(
  deps: StepDeps,
  step: KeyStep,
  pending: boolean,
  ids: KeyIds,
  memory: StepMemory,
): Promise<TakenStep> {
  const { id, kind, title, account, region, as } = step
  const started = deps.clock.mono()
  deps.emit("step.started", { step: id, kind, title, account, region, as })
  const spent = (): number => deps.clock.mono() - started
  try {
    const { was, ...taken } =
      step.kind === "create-key"
        ? await takeMaking(deps, step, ids, memory)
        : await takeOther(deps, step, pending, ids, memory)
    deps.emit("step.finished", {
      step: id,
      result: taken.result,
      durationMs: spent(),
      arn: taken.arn,
      ...(was === undefined ? {} : { was }),
    })
    return taken
  } catch (thrown) {
    deps.emit("step.finished", { step: id, result: "failed", durationMs: spent(), note: messageOf(thrown) })
    throw thrown
  }
}

type Taking = TakenStep & { readonly was?: string }

async function takeMaking(
  deps: StepDeps,
  step: Extract<KeyStep, { kind: "create-key" }>,
  ids: KeyIds,
  memory: StepMemory,
): Promise<Taking> {
  const known = ids.get(nameOf(step))
  if (known !== undefined) return { step, result: "already", arn: keyArn(step.region, step.account, known) }
  const arn = await makeKey(deps, step, memory)
  ids.set(nameOf(step), keyIdOf(arn) ?? "")
  await keyShows(deps, step, arn)
  return { step, result: "done", arn }
}

async function takeOther(
  deps: StepDeps,
  step: Exclude<KeyStep, { kind: "create-key" }>,
  pending: boolean,
  ids: KeyIds,
  memory: StepMemory,
): Promise<Taking> {
  const id = ids.get(nameOf(step))
  if (id === undefined) throw lost(step)
  const arn = step.arn ?? keyArn(step.region, step.account, id)
  const reader = await deps.actors.reader(step.account)
  const work = workOf(step, id, { reader, admin: () => deps.actors.admin(step.account, step.as) })
  if (await work.isSo()) return { step, result: "already", arn }
  if (!pending) throw lost(step)
  const was = await work.was?.()
  await deps.actors.admin(step.account, step.as)
  await memory.willAct(was)
  await work.act()
  await waitUntil(deps, { phase: step.id, what: work.waitingFor, limit: work.limit }, () => work.isSo())
  return { step, result: "done", arn, ...(was === undefined ? {} : { was }) }
}

const nameOf = ({ side, key }: Pick<KeyStep, "side" | "key">): string => `${side}/${key}`

/** The inventory of now says nothing about it: what cannot be read is not done. */
const lost = (step: KeyStep): DrError =>
  new DrError({
    code: "E_PLAN_STALE",
    exit: EXIT.checkSaysNo,
    message: `${step.id} is neither done nor can it be planned any more; what came before it stays`,
    hints: ["dr keys plan again: it says why"],
  })
