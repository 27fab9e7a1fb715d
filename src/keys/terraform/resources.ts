import type { RegionName } from "../../kernel/brands.ts"
import { descriptionOf } from "../plan/steps.ts"
import type { ExportedKey } from "./exported-key.ts"
import { expression, type HclBlock, type HclItem } from "./hcl.ts"
import { isPrimary, keyAddress, keyIdReference, placeName, policyName, providerName } from "./names.ts"

/** Everything that dr.yaml wants of a key in one Region: the key itself, its alias, its grants. */
export function resourcesOf(key: ExportedKey, region: RegionName): HclBlock[] {
  return [keyBlock(key, region), aliasBlock(key, region), ...grantBlocks(key, region)]
}

function keyBlock({ wanted, live }: ExportedKey, region: RegionName): HclBlock {
  const facts = live.get(region)
  const primary = isPrimary(wanted, region)
  const description = wanted.description ?? facts?.description ?? descriptionOf(wanted)
  return {
    type: "resource",
    labels: keyAddress(wanted, region),
    body: [
      providerOf(wanted.side, region),
      ...(primary
        ? []
        : [["primary_key_arn", expression(`${keyAddress(wanted, wanted.regions[0]).join(".")}.arn`)] as const]),
      ...(description === "" ? [] : [["description", description] as const]),
      ...(primary ? [["multi_region", wanted.multiRegion] as const] : []),
      ["policy", expression(`local.${policyName(wanted, region)}`)],
      ...(primary && wanted.periodDays !== undefined
        ? [["enable_key_rotation", true] as const, ["rotation_period_in_days", wanted.periodDays] as const]
        : []),
      ["deletion_window_in_days", 30],
      ["tags", { ...kept(facts?.tags), ...wanted.tags }],
      lifecycle(ignored(wanted, primary)),
    ],
  }
}

/** Tags of others are theirs. `aws:` is AWS's, and Terraform refuses it. */
const kept = (tags: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tags).filter(([name]) => !name.startsWith("aws:")))

/**
 * An import does not read the first two, so each would be a change of nothing. Whether a key is enabled is decided in an
 * incident, never by an apply; material and its expiry belong to `dr keys escrow` and must not stand in a state.
 */
function ignored({ origin, periodDays }: ExportedKey["wanted"], primary: boolean): string[] {
  const external = origin === "EXTERNAL"
  return [
    "bypass_policy_lockout_safety_check",
    "deletion_window_in_days",
    primary && !external ? "is_enabled" : "enabled",
    ...(external ? ["key_material_base64", "valid_to"] : []),
    // dr.yaml says nothing about rotation: it stays as it is.
    ...(primary && !external && periodDays === undefined ? ["enable_key_rotation", "rotation_period_in_days"] : []),
  ]
}

function aliasBlock({ wanted }: ExportedKey, region: RegionName): HclBlock {
  return {
    type: "resource",
    labels: ["aws_kms_alias", placeName(wanted, region)],
    body: [
      providerOf(wanted.side, region),
      ["name", wanted.alias],
      ["target_key_id", expression(keyIdReference(wanted, region))],
      lifecycle([]),
    ],
  }
}

/** By the grant's name: one more or less moves none of the others. */
function grantBlocks({ wanted }: ExportedKey, region: RegionName): HclBlock[] {
  if (wanted.grants.length === 0) return []
  const grants = wanted.grants.map(({ name, grantee, operations }) => [
    name,
    { grantee_principal: grantee, operations: [...new Set(operations)].toSorted() },
  ])
  return [
    {
      type: "resource",
      labels: ["aws_kms_grant", placeName(wanted, region)],
      body: [
        providerOf(wanted.side, region),
        ["for_each", Object.fromEntries(grants)],
        ["name", expression("each.key")],
        ["key_id", expression(keyIdReference(wanted, region))],
        ["grantee_principal", expression("each.value.grantee_principal")],
        ["operations", expression("each.value.operations")],
      ],
    },
  ]
}

const providerOf = (side: ExportedKey["wanted"]["side"], region: RegionName): HclItem => [
  "provider",
  expression(`aws.${providerName(side, region)}`),
]

const lifecycle = (ignore: readonly string[]): HclBlock => ({
  type: "lifecycle",
  body: [
    ["prevent_destroy", true],
    ...(ignore.length === 0 ? [] : [["ignore_changes", ignore.map(expression)] as const]),
  ],
})
