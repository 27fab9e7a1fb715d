import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import type { KeyInventory } from "../status/key-inventory.ts"
import { exportedKeys, importIdOf, type ExportedKey, type Obstacle } from "./exported-key.ts"
import { expression, heredoc, hclText, type HclBlock, type HclItem } from "./hcl.ts"
import { keyAddress, placeName, policyName } from "./names.ts"
import { providerItems } from "./providers.ts"
import { resourcesOf } from "./resources.ts"

export type { Obstacle } from "./exported-key.ts"

export interface TerraformExport {
  readonly files: ReadonlyArray<{ readonly path: string; readonly content: string }>
  /** Adopted as they are. */
  readonly imports: readonly ImportBlock[]
  /** Addresses that an apply would make. */
  readonly missing: readonly string[]
  /** With any of them nothing may be written that has import blocks. */
  readonly obstacles: readonly Obstacle[]
  readonly warnings: readonly string[]
}

interface ImportBlock {
  readonly to: string
  readonly id: string
}

/** The first line of every file: by it dr knows its own again. */
export const markerOf = (env: string): string => `# Written by "dr keys export --terraform" for the environment ${env}.`

/**
 * The keys of an environment as Terraform configuration. Pure. Without an inventory there are no import blocks.
 * @throws DrError E_POLICY_… (78)
 */
export function exportTerraform(environment: ResolvedEnvironment, inventory?: KeyInventory): TerraformExport {
  const { keys, obstacles } = exportedKeys(environment, inventory)
  const all = keys.flatMap(addressesOf)
  const imports = all.flatMap(({ to, id }) => (id === undefined ? [] : [{ to, id }]))
  const file = (path: string, about: string, items: readonly HclItem[]) => ({
    path,
    content: `${markerOf(environment.name)}\n${hclText([CHANGE, about, "", ...items])}`,
  })
  return {
    files: [
      file("providers.tf", "A provider for each account and Region.", providerItems(environment, keys)),
      file("policies.tf", "The key policies that dr renders, Region by Region.", apart(policies(keys))),
      file("keys.tf", "Keys, replicas, aliases and grants.", apart(keys.flatMap(placesOf))),
      file("imports.tf", aboutImports(inventory !== undefined, imports.length), apart(imports.map(importBlock))),
    ],
    imports,
    missing: all.flatMap(({ to, id }) => (id === undefined ? [to] : [])),
    obstacles,
    warnings: keys.flatMap((key) => [...warningsOf(key)]),
  }
}

const CHANGE = "Change dr.yaml and export again: dr replaces this file, and leaves others in the folder alone."

const apart = (blocks: readonly HclBlock[]): HclItem[] =>
  blocks.flatMap((block, at) => (at === 0 ? [block] : ["", block]))

const placesOf = (key: ExportedKey): HclBlock[] => key.wanted.regions.flatMap((region) => resourcesOf(key, region))

/** Each in a block of its own: `terraform fmt` would align what stands side by side. */
function policies(keys: readonly ExportedKey[]): HclBlock[] {
  return keys.flatMap(({ wanted }) =>
    wanted.regions.flatMap((region) => {
      const policy = wanted.policies.get(region)
      if (policy === undefined) return []
      const text = JSON.stringify(policy.document, undefined, 2)
      return [{ type: "locals", body: [[policyName(wanted, region), heredoc(text)]] }]
    }),
  )
}

/** Every resource of a key, with its id where it exists. */
function addressesOf({ wanted, live }: ExportedKey): Array<{ to: string; id: string | undefined }> {
  return wanted.regions.flatMap((region: RegionName) => {
    const facts = live.get(region)
    const keyId = facts === undefined ? undefined : importIdOf(facts)
    const place = placeName(wanted, region)
    const grantId = (name: string): string | undefined => facts?.grants?.find((grant) => grant.name === name)?.id
    return [
      { to: keyAddress(wanted, region).join("."), id: keyId },
      { to: `aws_kms_alias.${place}`, id: facts?.aliases?.includes(wanted.alias) ? wanted.alias : undefined },
      ...wanted.grants.map(({ name }) => ({
        to: `aws_kms_grant.${place}[${JSON.stringify(name)}]`,
        id: grantId(name) === undefined ? undefined : `${keyId}:${grantId(name)}`,
      })),
    ]
  })
}

const importBlock = ({ to, id }: ImportBlock): HclBlock => ({
  type: "import",
  body: [
    ["to", expression(to)],
    ["id", id],
  ],
})

function aboutImports(asked: boolean, count: number): string {
  if (!asked) return "No import blocks: AWS was not asked. Where keys exist already, an apply would make others."
  if (count === 0) return "No import blocks: none of the keys exists yet."
  return "What exists is adopted by its id. Once that was applied, these blocks may go."
}

function* warningsOf({ wanted, live }: ExportedKey): Generator<string> {
  for (const [region, { arn, state }] of live) {
    if (!wanted.regions.includes(region)) yield `${arn} is not exported: dr.yaml does not name its Region`
    else if (state === "Disabled") yield `${arn} is Disabled, and an apply leaves it so`
    else if (state === "PendingImport") yield `${arn} waits for its key material: dr keys escrow recover`
  }
}
