import type { FoundConfig } from "../estate/discover.ts"
import { loadEstate } from "../estate/load.ts"
import type { Estate } from "../estate/model.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"
import { display } from "../kernel/display.ts"
import { digestOf } from "../kernel/digest.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { EscrowDeps } from "../keys/escrow/deps.ts"
import type { EscrowKey } from "../keys/escrow/create.ts"
import { renderPolicies } from "../keys/policy/render.ts"
import { workloadRegions } from "../keys/policy/scene.ts"
import { tagsFor } from "../keys/status/key-inventory.ts"
import type { Prompt } from "./ask.ts"
import type { Deps } from "./deps.ts"
import { escrowStore } from "./escrow-store.ts"
import { openActors, type ActorFlags } from "./key-actors.ts"
import { keyChange } from "./key-change.ts"

/** The environment and those of its keys whose material is imported. */
export interface EscrowScene {
  readonly estate: Estate
  readonly environment: ResolvedEnvironment
  readonly keys: readonly EscrowKey[]
}

/** @throws DrError E_ENV (64), E_CONFIG (78) */
export function escrowScene(config: FoundConfig, env: string | undefined): EscrowScene {
  const estate = loadEstate(config)
  const environment = environmentOf(estate, env)
  const keys = environment.keys.flatMap((key) => (key.escrow === undefined ? [] : [escrowKey(environment, key)]))
  return { estate, environment, keys }
}

/** By dr.yaml's name or by alias. @throws DrError E_USAGE (64) that names the keys there are */
export function escrowKeyNamed({ environment, keys }: EscrowScene, wanted: string): EscrowKey {
  const found = keys.find(({ key, alias }) => key === wanted || alias === wanted)
  if (found !== undefined) return found
  const exists = environment.keys.some(({ name, alias }) => name === wanted || alias === wanted)
  const names = keys.map(({ key }) => key).join(", ") || "none"
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: exists
      ? `key ${display(wanted)} of ${environment.name} makes its own material: there is nothing to split`
      : `${environment.name} has no key ${JSON.stringify(display(wanted))} with an escrow; it has ${names}`,
    hints: ["in dr.yaml: origin: EXTERNAL and escrow: {threshold, custodians}"],
  })
}

type SpecifiedKey = ResolvedEnvironment["keys"][number]

function escrowKey(environment: ResolvedEnvironment, spec: SpecifiedKey): EscrowKey {
  const { name: env, workload, primaryRegion } = environment
  return {
    env,
    key: spec.name,
    account: workload.id,
    alias: spec.alias,
    regions: [primaryRegion, ...workloadRegions(environment, spec).slice(1)],
    threshold: spec.escrow?.threshold ?? 0,
    custodians: spec.escrow?.custodians ?? {},
    expires: spec.escrow?.expires,
    replica: (region) => ({
      description: spec.description ?? `${spec.alias.slice("alias/".length)}: workload key, kept by dr`,
      policy: JSON.stringify(policyIn(environment, spec, region)),
      tags: { ...spec.tags, ...tagsFor(env, { name: spec.name, side: "workload" }) },
    }),
  }
}

function policyIn(environment: ResolvedEnvironment, { alias }: SpecifiedKey, region: string): object {
  const found = renderPolicies(environment).find(
    (policy) =>
      policy.kind === "key" &&
      policy.account === environment.workload.id &&
      policy.region === region &&
      policy.subject.endsWith(`:${alias}`),
  )
  if (found === undefined)
    throw new DrError({
      code: "E_POLICY_ROLE",
      exit: EXIT.config,
      message: `no policy is rendered for ${alias} in ${region}`,
    })
  return found.document
}

export interface EscrowWork {
  /** `EscrowCreate`, … */
  readonly kind: string
  readonly scene: EscrowScene
  readonly flags: ActorFlags
  readonly prompt: Prompt
  /** What break-glass is asked to do: its digest is the session's `dr-plan`. */
  readonly intent: object
}

/**
 * Work on imported material, as a change of keys.
 * @throws DrError E_LOCKED, E_JOURNAL (75), E_CREDENTIALS (77), and those of `work`
 */
export async function escrowWork<T>(
  deps: Deps,
  { kind, scene, flags, prompt, intent }: EscrowWork,
  work: (escrow: EscrowDeps) => Promise<{ result: T; passed: boolean }>,
): Promise<{ result: T; journal: string }> {
  const { environment, estate } = scene
  const plan = digestOf({ kind, env: environment.name, ...intent })
  return keyChange(deps, { kind, environment, trigger: plan }, async () => {
    const actors = await openActors(deps, { estate, environment, flags, prompt, plan })
    try {
      const { clock, random, signal, run, events } = deps
      return await work({ actors, clock, random, emit: events.emit, signal, run, store: escrowStore(deps.state) })
    } finally {
      actors.close()
    }
  })
}
