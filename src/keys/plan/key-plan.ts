import type { AccountId, KeyArn, RegionName } from "../../kernel/brands.ts"
import type { NewGrant } from "../ports.ts"
import type { KeyRole } from "../actors.ts"

/**
 * What `dr keys plan` writes and `dr keys apply` does, and nothing else. Plain JSON; `hash` covers everything but itself
 * and is what a break-glass session carries as its tag `dr-plan`.
 */
export interface KeyPlan {
  readonly apiVersion: "dr/v1"
  readonly kind: "KeyPlan"
  /** Of this format. */
  readonly version: 1
  readonly env: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly expiresAt: string
  /** Version of `dr`. */
  readonly tool: string
  /** Of what dr.yaml says about the environment's keys. */
  readonly estateDigest: string
  /** Of what AWS said when it was planned. */
  readonly inventoryDigest: string
  /** In the order in which they are taken. */
  readonly steps: readonly KeyStep[]
  /** What no step can mend; with one that blocks, nothing is applied. */
  readonly problems: readonly PlanProblem[]
  /** `sha256:…` */
  readonly hash: string
}

interface StepBase {
  /** Unique in the plan, and the same whenever the same thing is planned: `workload/observability@eu-west-1/replicate`. */
  readonly id: string
  /** dr.yaml's name of the key, and which side of it. */
  readonly key: string
  readonly side: "workload" | "recovery"
  readonly account: AccountId
  readonly region: RegionName
  readonly as: KeyRole
  /** `kms:CreateKey`, … */
  readonly calls: readonly string[]
  /** For people: what it does and what for. */
  readonly title: string
  readonly reversible: boolean
  /** For people: the way back. */
  readonly undo: string
  /** The key as it was planned; undefined for one that an earlier step makes. */
  readonly arn?: KeyArn
}

export type KeyStep = StepBase &
  (
    | {
        readonly kind: "create-key"
        readonly policy: string
        readonly description: string
        readonly tags: Readonly<Record<string, string>>
        readonly origin: "AWS_KMS" | "EXTERNAL"
        readonly multiRegion: boolean
      }
    | {
        readonly kind: "replicate-key"
        readonly policy: string
        readonly description: string
        readonly tags: Readonly<Record<string, string>>
      }
    | { readonly kind: "create-alias"; readonly alias: string }
    | { readonly kind: "put-policy"; readonly policy: string }
    | { readonly kind: "tag-key"; readonly tags: Readonly<Record<string, string>> }
    | { readonly kind: "describe-key"; readonly description: string }
    | { readonly kind: "enable-rotation"; readonly periodDays: number }
    | { readonly kind: "create-grant"; readonly grant: NewGrant }
    | { readonly kind: "revoke-grant"; readonly grantId: string }
  )

export interface PlanProblem {
  /** Stable: `single-region-key`, `missing-principal`, `lock-out`, `alias-elsewhere`, `foreign-grant`, `not-usable`, `not-read`, … */
  readonly code: string
  readonly key: string
  readonly side: "workload" | "recovery"
  readonly region?: RegionName
  readonly message: string
  /** What to do or type. */
  readonly hint: string
  /** With it nothing of the plan may be applied. */
  readonly blocks: boolean
}
