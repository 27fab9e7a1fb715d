import { stat } from "node:fs/promises"
import type { FoundConfig } from "../estate/discover.ts"
import { loadEstate } from "../estate/load.ts"
import type { Estate } from "../estate/model.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"
import { isoStamp } from "../kernel/clock.ts"
import { display } from "../kernel/display.ts"
import { parseDuration } from "../kernel/duration.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import { DAY, HOUR, type Millis } from "../kernel/units.ts"
import type { Actors } from "../keys/actors.ts"
import type { KeyPlan } from "../keys/plan/key-plan.ts"
import { readNamedRoles, type NamedRoles } from "../keys/plan/named-roles.ts"
import { openKeyPlan } from "../keys/plan/plan-file.ts"
import { planKeys } from "../keys/plan/plan-keys.ts"
import { wantedStates } from "../keys/plan/wanted-state.ts"
import type { KeyInventory } from "../keys/status/key-inventory.ts"
import { readKeyInventory } from "../keys/status/read-inventory.ts"
import type { Prompt } from "./ask.ts"
import type { Deps } from "./deps.ts"
import { readInput } from "./input-text.ts"
import { parseInput } from "./json-input.ts"
import { openActors, type ActorFlags } from "./key-actors.ts"
import { writeAtomic } from "./state-folder.ts"

/** The environment of a plan, and who acts in it. The caller closes it. */
export interface PlanningTable {
  readonly environment: ResolvedEnvironment
  readonly estate: Estate
  readonly readInventory: () => Promise<KeyInventory>
  readonly readNamedRoles: () => Promise<NamedRoles>
  readonly actors: Actors
  close(): void
}

export interface TableOptions {
  readonly config: FoundConfig
  readonly env: string | undefined
  readonly flags: ActorFlags
  readonly prompt: Pick<Prompt, "line">
  /** The hash that break-glass sessions carry; empty = only reading. */
  readonly plan: string
}

/** @throws DrError E_ENV (64), E_CONFIG (78), E_CREDENTIALS (77) */
export async function openPlanningTable(deps: Deps, options: TableOptions): Promise<PlanningTable> {
  const { config, env, ...rest } = options
  const estate = loadEstate(config)
  const environment = environmentOf(estate, env)
  const wanted = wantedStates(environment)
  const actors = await openActors(deps, { ...rest, estate, environment })
  const readerFor: Actors["reader"] = (account) => actors.reader(account)
  return {
    environment,
    estate,
    actors,
    readInventory: () =>
      readKeyInventory(readerFor, environment, { takenAt: isoStamp(deps.clock.now()), signal: deps.signal }),
    readNamedRoles: () => readNamedRoles(readerFor, environment, wanted, deps.signal),
    close: () => actors.close(),
  }
}

export interface PlanOptions {
  readonly validFor: Millis
  readonly revoke: readonly string[]
}

/** @throws DrError E_NO_GRANT (64) for a grant that no key of the environment has, and those of reading */
export async function planNow(deps: Deps, table: PlanningTable, options: PlanOptions): Promise<KeyPlan> {
  const plan = planKeys(table.environment, await table.readInventory(), {
    now: deps.clock.now(),
    tool: deps.version,
    named: await table.readNamedRoles(),
    ...options,
  })
  const text = JSON.stringify([plan.steps, plan.problems])
  const unknown = options.revoke.find((id) => !text.includes(id))
  if (unknown !== undefined) throw noGrant(unknown, plan.env)
  return plan
}

const noGrant = (id: string, env: string): DrError =>
  new DrError({
    code: "E_NO_GRANT",
    exit: EXIT.usage,
    message: `no key of ${env} that could be read has a grant ${display(JSON.stringify(id))}`,
    hints: [`dr keys plan -e ${env} names the foreign ones`],
  })

/** `24h`. A plan that anybody agrees to is a matter of days at most. @throws DrError E_USAGE (64) */
export function validityOf(text: string): Millis {
  const ms = parseDuration(text)
  if (ms !== undefined && ms <= 7 * DAY) return ms
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `--expires ${display(text)}: expected a duration of at most 7d, such as 24h`,
    hints: [`--expires ${DEFAULT_VALIDITY}`],
  })
}

export const DEFAULT_VALIDITY = `${DAY / HOUR}h`

/** Two thousand keys make four of them. */
const MAX_BYTES = 32 * 1024 * 1024

/** @throws DrError E_READ (1), E_INPUT, E_PLAN, E_PLAN_EDITED (78) */
export async function readPlanFile(path: string, signal: AbortSignal): Promise<KeyPlan> {
  const size =
    path === "-"
      ? 0
      : await stat(path).then(
          (found) => found.size,
          () => 0,
        )
  const text = size > MAX_BYTES ? "" : await readInput(path, signal)
  if (size > MAX_BYTES || text.length > MAX_BYTES)
    throw new DrError({
      code: "E_PLAN",
      exit: EXIT.config,
      message: `cannot use ${display(path)} as a plan: it is larger than ${MAX_BYTES} bytes`,
      hints: ["dr keys plan -e ENV --out FILE makes a new one"],
    })
  return openKeyPlan(path, parseInput(path, text))
}

export const writePlanFile = (path: string, plan: KeyPlan): Promise<void> =>
  writeAtomic(path, `${JSON.stringify(plan, undefined, 2)}\n`)

/**
 * 3 for what blocks; 2 for changes that wait; 3 where dr.yaml wants something that no step brings; else 0. Without a flag
 * that asks for it the plan is only shown: 0.
 */
export function exitOfPlan({ steps, problems }: KeyPlan, asked: boolean): ExitCode {
  if (!asked) return EXIT.ok
  if (problems.some(({ blocks }) => blocks)) return EXIT.checkSaysNo
  if (steps.length > 0) return EXIT.changesPending
  return problems.some(({ unmet }) => unmet) ? EXIT.checkSaysNo : EXIT.ok
}
