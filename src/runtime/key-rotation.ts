import type { FoundConfig } from "../estate/discover.ts"
import { loadEstate } from "../estate/load.ts"
import { environmentOf } from "../estate/topology.ts"
import { digestOf } from "../kernel/digest.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import { nearest } from "../kernel/nearest.ts"
import type { KeySide } from "../keys/rotate/on-demand.ts"
import type { RotateDeps, RotationScope } from "../keys/rotate/ports.ts"
import { isOver } from "../keys/rotate/state.ts"
import { Prompt } from "./ask.ts"
import type { Deps } from "./deps.ts"
import { openActors, type ActorFlags } from "./key-actors.ts"
import { keyChange } from "./key-change.ts"
import { rotationStore } from "./rotation-store.ts"

export interface RotationFlags extends ActorFlags {
  readonly env?: string | undefined
  readonly side: KeySide
  readonly yes?: boolean | undefined
  readonly confirm?: string | undefined
  /** Nobody is asked. */
  readonly silent: boolean
}

/** @throws DrError E_ENV, E_KEY (64), E_CONFIG (78) */
export function rotationScope(config: FoundConfig, env: string | undefined, name: string): RotationScope {
  const environment = environmentOf(loadEstate(config), env)
  const key = environment.keys.find((each) => each.name === name)
  if (key !== undefined) return { environment, key }
  const names = environment.keys.map((each) => each.name)
  const meant = nearest(name, names)
  throw new DrError({
    code: "E_KEY",
    exit: EXIT.usage,
    message: `environment ${environment.name} has no key ${JSON.stringify(name)}; it has ${names.join(", ")}`,
    hints: meant === undefined ? [] : [`dr keys rotate ${meant} -e ${environment.name}`],
  })
}

/**
 * A rotation's work with all that it needs from outside, as a change of keys. @throws DrError E_LOCKED, E_JOURNAL (75)
 */
export async function changing<T extends { readonly exit?: ExitCode }>(
  deps: Deps,
  config: FoundConfig,
  scope: RotationScope,
  flags: RotationFlags,
  work: (rotate: RotateDeps) => Promise<T>,
): Promise<T> {
  const change = { kind: "KeysRotate", environment: scope.environment, trigger: "manual" }
  const { result } = await keyChange(deps, change, async () => {
    const rotated = await looking(deps, config, scope, flags, work)
    return { result: rotated, passed: (rotated.exit ?? EXIT.ok) === EXIT.ok }
  })
  return result
}

/** The same for what changes nothing: it waits for nobody and leaves no journal. */
export async function looking<T>(
  deps: Deps,
  config: FoundConfig,
  scope: RotationScope,
  flags: RotationFlags,
  work: (rotate: RotateDeps) => Promise<T>,
): Promise<T> {
  const { environment, key } = scope
  const prompt = new Prompt({ silent: flags.silent, signal: deps.signal })
  try {
    const store = rotationStore(deps.state, environment.name, key.name, flags.side)
    const known = await store.load()
    const id = known === undefined || isOver(known) ? deps.run : known.id
    const actors = await openActors(deps, {
      estate: loadEstate(config),
      environment,
      flags,
      // What two people agree to is this rotation of this key, whichever of its steps is taken.
      plan: digestOf({ kind: "KeyRotation", env: environment.name, key: key.name, id }),
      prompt,
    })
    try {
      return await work({
        actors,
        objects: () => actors.objects(environment.recovery.id, environment.primaryRegion),
        store,
        consent: {
          reversible: (question) => prompt.agree(question, flags.yes),
          irreversible: (question, alias) => prompt.agreeByName(question, alias, flags.confirm),
        },
        clock: deps.clock,
        emit: deps.events.emit,
        signal: deps.signal,
        run: deps.run,
      })
    } finally {
      actors.close()
    }
  } finally {
    prompt.close()
  }
}
