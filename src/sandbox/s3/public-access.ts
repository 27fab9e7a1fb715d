import type { AccountId } from "../../kernel/brands.ts"
import { ServiceError, type Caller } from "../core/exchange.ts"
import type { AccessQuestion } from "../core/world.ts"
import type { Bucket, S3State } from "./state.ts"
import { childText, leaf, type XmlElement } from "./xml.ts"

const BLOCKS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const
type Block = (typeof BLOCKS)[number]

/** Block Public Access of a bucket or of a whole account. */
export type PublicAccessBlock = Readonly<Record<Block, boolean>>

/** What a new bucket has since April 2023. */
export const ALL_BLOCKED: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
}

/** Elements that are left out count as false. */
export function readBlock(root: XmlElement): PublicAccessBlock {
  const given = (name: Block): boolean => childText(root, name)?.toLowerCase() === "true"
  return {
    BlockPublicAcls: given("BlockPublicAcls"),
    IgnorePublicAcls: given("IgnorePublicAcls"),
    BlockPublicPolicy: given("BlockPublicPolicy"),
    RestrictPublicBuckets: given("RestrictPublicBuckets"),
  }
}

export const blockXml = (block: PublicAccessBlock): string => BLOCKS.map((name) => leaf(name, block[name])).join("")

/** The stricter of bucket and account. */
export const isBlocked = (state: S3State, bucket: Bucket, name: Block): boolean =>
  bucket.publicAccessBlock?.[name] === true || accountBlock(state, bucket.account)?.[name] === true

const accountBlock = (state: S3State, account: AccountId): PublicAccessBlock | undefined =>
  state.accountBlocks.get(account)

/**
 * RestrictPublicBuckets: while the policy is public, nobody from another account comes in, not even who is named in it.
 *
 * @throws ServiceError AccessDenied
 */
export function restrictsTo(state: S3State, bucket: Bucket, question: AccessQuestion): void {
  if (question.caller.account === bucket.account || bucket.publicPolicy !== true) return
  if (!isBlocked(state, bucket, "RestrictPublicBuckets")) return
  throw blockedBy(question.caller, question.action, question.resource, "RestrictPublicBuckets")
}

export const blockedBy = (caller: Caller, action: string, resource: string, setting: Block): ServiceError =>
  new ServiceError(
    "AccessDenied",
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: "${resource}" because public policies are blocked by the ${setting} block public access setting.`,
    403,
  )
