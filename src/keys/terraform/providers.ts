import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import type { ExportedKey } from "./exported-key.ts"
import { expression, type HclBlock, type HclItem } from "./hcl.ts"
import { providerName, roleVariable } from "./names.ts"

type Side = ExportedKey["wanted"]["side"]

/** A provider for each account and Region. Who Terraform becomes there is a variable: no credentials, no role is guessed. */
export function providerItems(environment: ResolvedEnvironment, keys: readonly ExportedKey[]): HclItem[] {
  const sides = (["workload", "recovery"] as const).filter((side) => keys.some(({ wanted }) => wanted.side === side))
  return [
    {
      type: "terraform",
      body: [
        // Import blocks came with 1.5.
        ["required_version", ">= 1.5"],
        {
          type: "required_providers",
          // Rotation periods came with 5.59.
          body: [["aws", expression('{\n  source  = "hashicorp/aws"\n  version = ">= 5.59"\n}')]],
        },
      ],
    },
    ...sides.flatMap((side) => ["", variable(environment, side)]),
    ...sides.flatMap((side) => regionsOf(keys, side).flatMap((region) => ["", provider(environment, side, region)])),
  ]
}

const regionsOf = (keys: readonly ExportedKey[], side: Side): RegionName[] => [
  ...new Set(keys.flatMap(({ wanted }) => (wanted.side === side ? wanted.regions : []))),
]

function variable(environment: ResolvedEnvironment, side: Side): HclBlock {
  const { id, name } = environment[side]
  return {
    type: "variable",
    labels: [roleVariable(side)],
    body: [
      [
        "description",
        `Who Terraform becomes in account ${id} (${name}); null = the identity it runs as. An import reads; tags, aliases and rotation need the operator, new keys and policies break-glass with its tag dr-plan.`,
      ],
      [
        "type",
        expression(
          [
            "object({",
            "  role_arn        = string",
            "  external_id     = optional(string)",
            "  source_identity = optional(string)",
            "  tags            = optional(map(string))",
            "})",
          ].join("\n"),
        ),
      ],
      ["default", expression("null")],
    ],
  }
}

function provider({ endpoint, ...environment }: ResolvedEnvironment, side: Side, region: RegionName): HclBlock {
  const role = roleVariable(side)
  const fields = ["role_arn", "external_id", "source_identity", "tags"]
  return {
    type: "provider",
    labels: ["aws"],
    body: [
      ["alias", providerName(side, region)],
      ["region", region],
      ["allowed_account_ids", [environment[side].id]],
      "",
      {
        type: "dynamic",
        labels: ["assume_role"],
        body: [
          ["for_each", expression(`var.${role} == null ? [] : [var.${role}]`)],
          {
            type: "content",
            body: fields.map((field) => [field, expression(`assume_role.value.${field}`)] as const),
          },
        ],
      },
      ...(endpoint === undefined ? [] : ["", simulated(endpoint)]),
    ],
  }
}

/** dr.yaml's own endpoint: what is exported from a rehearsal never reaches AWS. */
const simulated = (endpoint: string): HclBlock => ({
  type: "endpoints",
  body: ["iam", "kms", "sts"].map((service) => [service, endpoint] as const),
})
