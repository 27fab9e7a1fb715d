import type { MakeKey } from "../plan/apply-deps.ts"
import type { KeyStep } from "../plan/key-plan.ts"
import * as step from "../plan/steps.ts"
import { wantedStates } from "../plan/wanted-state.ts"
import { KEY_TAGS, tagsFor } from "../status/key-inventory.ts"
import type { RotationScope } from "./ports.ts"

/** The steps of `keys apply` that make a key, without its alias: nothing may find the new one before it is in use. */
export interface NewKeySteps {
  readonly create: MakeKey
  /** In order. Those that find everything as it should be change nothing. */
  readonly rest: ReadonlyArray<Exclude<KeyStep, MakeKey>>
}

/** The new key is to be what dr.yaml says, and findable by its tags. Pure. @throws DrError E_POLICY_ROLE (78) */
export function newKeySteps({ environment, key }: RotationScope, rotation: string): readonly NewKeySteps[] {
  return wantedStates(environment)
    .filter(({ side, name }) => side === "workload" && name === key.name)
    .map((plain): NewKeySteps => {
      const wanted = { ...plain, tags: { ...plain.tags, [KEY_TAGS.rotation]: rotation } }
      const [home, ...others] = wanted.regions
      const at = (region: typeof home): step.At => ({ wanted, region })
      return {
        create: step.createKey(at(home)),
        rest: [
          ...others.map((region) => step.replicateKey(at(region))),
          ...wanted.regions.flatMap((region) => [
            step.putPolicy(at(region), { absent: [], foreign: [] }),
            step.tagKey(at(region), wanted.tags),
          ]),
          ...(wanted.periodDays === undefined ? [] : [step.enableRotation(at(home), wanted.periodDays, undefined)]),
          ...wanted.regions.flatMap((region) => wanted.grants.map((grant) => step.createGrant(at(region), grant))),
        ] as NewKeySteps["rest"],
      }
    })
}

const RETIRED = ":old"

/** The tags of a key that a rotation takes out of use: still ours, though no alias leads to it any more. */
export const retiredTags = (
  { environment, key }: RotationScope,
  rotation: string,
): Readonly<Record<string, string>> => ({
  ...tagsFor(environment.name, { name: key.name, side: "workload" }),
  [KEY_TAGS.rotation]: `${rotation}${RETIRED}`,
})

/** Brought by a rotation of this key, and not taken out of use by a later one. */
export function isNewKeyOf(tags: Readonly<Record<string, string>>, env: string, key: string): boolean {
  const rotation = tags[KEY_TAGS.rotation]
  if (rotation === undefined || rotation.endsWith(RETIRED)) return false
  return Object.entries(tagsFor(env, { name: key, side: "workload" })).every(([name, value]) => tags[name] === value)
}
