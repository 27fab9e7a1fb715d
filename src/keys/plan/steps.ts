import type { GrantSpec } from "../../estate/model.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import type { RenderedPolicy } from "../policy/rendered.ts"
import type { MakeKey } from "./apply-deps.ts"
import type { KeyStep } from "./key-plan.ts"
import type { WantedState } from "./wanted-state.ts"

/** What a step does to one key in one Region. `arn`: left out for a key that an earlier step makes. */
export interface At {
  readonly wanted: WantedState
  readonly region: RegionName
  readonly arn?: KeyArn
}

const NO_WAY_BACK_NEEDED = "no data is under it yet: schedule its deletion (30 days, dr asks for nothing shorter)"

export const createKey = (at: At): MakeKey => ({
  ...common(at, "create-key", "break-glass"),
  kind: "create-key",
  // KMS makes its service-linked role for multi-Region keys itself, once in an account, in the name of who asks.
  calls: ["kms:CreateKey", "kms:TagResource", ...(at.wanted.multiRegion ? ["iam:CreateServiceLinkedRole"] : [])],
  title: `make the ${at.wanted.multiRegion ? "multi-Region " : ""}${kindOf(at.wanted)} ${at.wanted.alias}, with its policy and our tags`,
  reversible: true,
  undo: NO_WAY_BACK_NEEDED,
  policy: policyIn(at),
  description: descriptionOf(at.wanted),
  tags: at.wanted.tags,
  origin: at.wanted.origin,
  multiRegion: at.wanted.multiRegion,
})

export const replicateKey = (at: At): KeyStep => ({
  ...common(at, "replicate-key", "break-glass"),
  kind: "replicate-key",
  calls: ["kms:ReplicateKey", "kms:CreateKey", "kms:TagResource"],
  title: `replicate ${at.wanted.alias} into ${at.region}, with the policy of that Region`,
  reversible: true,
  undo: "schedule the replica's deletion; it can be made again while the primary lives",
  primary: at.wanted.regions[0],
  policy: policyIn(at),
  description: descriptionOf(at.wanted),
  tags: at.wanted.tags,
})

export const createAlias = (at: At): KeyStep => ({
  ...common(at, "create-alias", "operator"),
  kind: "create-alias",
  calls: ["kms:CreateAlias"],
  title: `let ${at.wanted.alias} lead to it`,
  reversible: true,
  undo: `aws kms delete-alias --alias-name ${at.wanted.alias} --region ${at.region}`,
  alias: at.wanted.alias,
})

/** `was`: the policy that is there now, which is the way back. */
export const putPolicy = (
  at: At,
  was: { readonly absent: readonly string[]; readonly foreign: readonly string[] },
): KeyStep => ({
  ...common(at, "put-policy", "break-glass"),
  kind: "put-policy",
  calls: ["kms:PutKeyPolicy"],
  title: [
    "set the rendered policy",
    ...was.absent.map((sid) => `+${sid}`),
    ...was.foreign.map((sid) => `-${sid}`),
  ].join(" "),
  reversible: true,
  undo: "put the old policy back: plans/ of the state folder and the journal keep it",
  policy: policyIn(at),
})

export const tagKey = (at: At, tags: Readonly<Record<string, string>>): KeyStep => ({
  ...common(at, "tag-key", "operator"),
  kind: "tag-key",
  calls: ["kms:TagResource"],
  title: `tag it: ${Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ")}`,
  reversible: true,
  undo: `aws kms untag-resource --tag-keys ${Object.keys(tags).join(" ")}`,
  tags,
})

export const describeKey = (at: At, was: string): KeyStep => ({
  ...common(at, "describe-key", "operator"),
  kind: "describe-key",
  calls: ["kms:UpdateKeyDescription"],
  title: `describe it as ${JSON.stringify(descriptionOf(at.wanted))}`,
  reversible: true,
  undo: `it was ${JSON.stringify(was)}`,
  description: descriptionOf(at.wanted),
})

export const enableRotation = (at: At, periodDays: number, was: number | undefined): KeyStep => ({
  ...common(at, "enable-rotation", "operator"),
  kind: "enable-rotation",
  calls: ["kms:EnableKeyRotation"],
  title: `rotate its material every ${periodDays} days`,
  reversible: true,
  undo:
    was === undefined
      ? "aws kms disable-key-rotation, as break-glass"
      : `aws kms enable-key-rotation --rotation-period-in-days ${was}`,
  periodDays,
})

export const createGrant = (at: At, grant: GrantSpec): KeyStep => ({
  ...common(at, `create-grant/${grant.name}`, "break-glass"),
  kind: "create-grant",
  calls: ["kms:CreateGrant"],
  title: `grant ${grant.operations.join(", ")} to ${grant.grantee} as ${grant.name}: KMS replicates no grant`,
  reversible: true,
  undo: "dr keys plan --revoke GRANT-ID",
  grant: { name: grant.name, grantee: grant.grantee, operations: grant.operations },
})

export const revokeGrant = (at: At, grantId: string, grantee: string): KeyStep => ({
  ...common(at, `revoke-grant/${grantId}`, "break-glass"),
  kind: "revoke-grant",
  calls: ["kms:RevokeGrant"],
  title: `revoke the grant ${grantId} of ${grantee}: what it carries (an EBS volume, say) loses the key`,
  reversible: false,
  undo: "none: whoever made the grant must make it again",
  grantId,
})

/** A new key is described even where dr.yaml is silent: whoever finds it must know whose it is. */
export const descriptionOf = ({ description, alias, side }: WantedState): string =>
  description ?? `${alias.slice("alias/".length)}: ${side === "recovery" ? "recovery key" : "workload key"}, kept by dr`

const kindOf = ({ side }: WantedState): string => (side === "recovery" ? "recovery key" : "key")

const common = ({ wanted, region, arn }: At, what: string, as: KeyStep["as"]) => ({
  id: `${wanted.side}/${wanted.name}@${region}/${what}`,
  key: wanted.name,
  side: wanted.side,
  account: wanted.account,
  region,
  as,
  ...(arn === undefined ? {} : { arn }),
})

/** As KMS keeps it: without blanks. */
function policyIn({ wanted, region }: At): string {
  const policy = wanted.policies.get(region) as RenderedPolicy
  return JSON.stringify(policy.document)
}
