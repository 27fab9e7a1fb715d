import type { PolicyKind } from "../../access/statement.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { Policy } from "./statement.ts"

export type Template =
  | "seed-default"
  | "primary"
  | "replica"
  | "recovery-key"
  | "drill-role"
  | "recovery-role"
  | "service-role"
  | "operator-role"
  | "break-glass-role"
  | "sync-role"
  | "restore-role"
  | "source-bucket"
  | "recovery-bucket"
  | "scratch-bucket"
  | "protect-keys"

/** One policy of the estate, ready to be put where `subject` says. */
export interface RenderedPolicy {
  readonly kind: PolicyKind
  readonly template: Template
  /** The policy's name there; key, bucket and trust policies have none of their own. */
  readonly name?: string
  readonly account: string
  /** Absent where the resource is global. */
  readonly region?: RegionName
  /** Alias ARN, role ARN, bucket ARN, or the account for an SCP. */
  readonly subject: string
  /** A file name below the output folder: `keys/observability-prod@eu-west-1.json`. */
  readonly path: string
  readonly document: Policy
  readonly sizeBytes: number
  /** What AWS takes, in bytes. */
  readonly limitBytes: number
}

/** Source: quotas of KMS, IAM, S3 and Organizations. */
const LIMIT: Readonly<Partial<Record<PolicyKind, number>>> = {
  key: 32_768,
  identity: 10_240,
  trust: 2_048,
  bucket: 20_480,
  scp: 5_120,
}

/** Checks what AWS would refuse. @throws DrError E_POLICY_ASCII, E_POLICY_SIZE (78) */
export function rendered(wanted: Omit<RenderedPolicy, "sizeBytes" | "limitBytes">): RenderedPolicy {
  const text = JSON.stringify(wanted.document)
  const sizeBytes = Buffer.byteLength(text)
  const limitBytes = LIMIT[wanted.kind] ?? Number.POSITIVE_INFINITY
  // KMS takes printable ASCII only, and a description in another script is easy to overlook.
  const odd = /[^\x20-\x7e]/.exec(text)?.[0]
  if (odd !== undefined) {
    throw new DrError({
      code: "E_POLICY_ASCII",
      exit: EXIT.config,
      message: `the policy of ${wanted.subject} holds ${JSON.stringify(odd)}: AWS takes printable ASCII only`,
    })
  }
  if (sizeBytes > limitBytes) {
    throw new DrError({
      code: "E_POLICY_SIZE",
      exit: EXIT.config,
      message: `the ${wanted.kind} policy of ${wanted.subject} has ${sizeBytes} bytes, AWS takes ${limitBytes}`,
      hints: ["split the environment: fewer datasets per key, or shorter prefixes"],
    })
  }
  return { ...wanted, sizeBytes, limitBytes }
}
