import { aliasArn } from "../../access/arn.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { renderPolicies } from "../policy/render.ts"
import { KEY_TAGS, tagsFor } from "../status/key-inventory.ts"
import type { NewKey } from "../ports.ts"
import type { RotationScope } from "./ports.ts"

/** What the new key is to be in one Region: as dr.yaml says, and findable by its tags while no alias leads to it. */
export interface WantedKey extends NewKey {
  readonly region: RegionName
}

/** The primary first. Pure. @throws DrError E_POLICY_ROLE (78) */
export function wantedKeys(
  { environment, key }: RotationScope,
  rotation: string,
): readonly [WantedKey, ...WantedKey[]] {
  const policies = new Map(
    renderPolicies(environment)
      .filter(({ kind }) => kind === "key")
      .map(({ subject, document }) => [subject, document]),
  )
  const wantedIn = (region: RegionName): WantedKey => {
    const policy = policies.get(aliasArn(region, environment.workload.id, key.alias))
    return {
      region,
      policy: JSON.stringify(policy),
      description: key.description ?? `${key.name} of ${environment.name} (dr)`,
      tags: tagsOfNew(environment.name, key, rotation),
      origin: key.origin,
      multiRegion: key.multiRegion,
    }
  }
  return [wantedIn(environment.primaryRegion), ...key.replicas.map(wantedIn)]
}

const tagsOfNew = (env: string, key: RotationScope["key"], rotation: string): Readonly<Record<string, string>> => ({
  ...key.tags,
  ...tagsFor(env, { name: key.name, side: "workload" }),
  [KEY_TAGS.rotation]: rotation,
})

const RETIRED = ":old"

/** The value of dr:rotation on a key that a rotation took out of use. */
export const retiredBy = (rotation: string): string => `${rotation}${RETIRED}`

/** Brought by a rotation of this key, and not taken out of use by a later one. */
export function isNewKeyOf(tags: Readonly<Record<string, string>>, env: string, key: string): boolean {
  const rotation = tags[KEY_TAGS.rotation]
  if (rotation === undefined || rotation.endsWith(RETIRED)) return false
  return Object.entries(tagsFor(env, { name: key, side: "workload" })).every(([name, value]) => tags[name] === value)
}
