import { keyArn, partitionOf } from "../../access/arn.ts"
import { isRegionName, type RegionName } from "../../kernel/brands.ts"
import { ServiceError } from "../core/exchange.ts"
import { defaultPolicy } from "./default-policies.ts"
import { notPrimary, stateError, validation } from "./errors.ts"
import { list, optionalText, text } from "./input.ts"
import { isPrimary, type KmsKey } from "./key.ts"
import { propertyFacts, tagFacts } from "./key-facts.ts"
import { authorizeAccount, authorizeTags, keyFor, type Handler, type KmsCall } from "./kms-call.ts"
import { lacksMaterial } from "./material.ts"
import { metadataOf } from "./metadata.ts"
import { memberOf } from "./new-key.ts"
import { bypassFacts, readPolicy } from "./policies.ts"
import { addKey, keyIn } from "./store.ts"
import { readTags } from "./tags.ts"

/** The replica is `Creating` in the answer; its policy is not the primary's. */
export const replicateKey: Handler = (call) => {
  const { input, store } = call
  const region = readRegion(call, "ReplicaRegion")
  const tags = readTags(list(input, "Tags"))
  const primary = keyFor(call, text(input, "KeyId"), "ReplicateKey", { "kms:ReplicaRegion": region })
  const { group } = primary
  if (!group.multiRegion || !isPrimary(primary)) throw notPrimary(primary)
  if (primary.state !== "Enabled") throw stateError(primary)
  const resource = keyArn(region, group.account, group.id)
  const facts = propertyFacts(group, "REPLICA")
  const context = { ...facts, ...bypassFacts(call), ...tagFacts(tags) }
  authorizeAccount(call, "CreateKey", { region, context })
  authorizeTags(call, tags, resource, facts)
  if (keyIn(store, region, group.id) !== undefined)
    throw new ServiceError("AlreadyExistsException", `Key ${resource} already exists`)
  const subject = { resource, resourceAccount: group.account, region, resourceTags: tags, context }
  const policy = readPolicy(call, subject) ?? defaultPolicy(group.account, region)
  const description = optionalText(input, "Description") ?? ""
  const replica = memberOf(store, group, region, { description, policy, tags, manager: "CUSTOMER" })
  addKey(store, replica)
  store.world.clock.schedule(replica.createdAt + store.world.settings.replicaDelayMs, () => finishReplica(replica))
  return {
    ReplicaKeyMetadata: metadataOf(store, replica),
    ReplicaPolicy: policy,
    ReplicaTags: [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
  }
}

/** A Region of this partition. */
export function readRegion(call: KmsCall, member: string): RegionName {
  const region = text(call.input, member)
  if (!isRegionName(region) || partitionOf(region) !== partitionOf(call.region))
    throw validation(`Invalid ${member}: ${region}`)
  return region
}

/** Imported material does not travel with the replica: it must be imported in each Region. */
export function finishReplica(replica: KmsKey): void {
  if (replica.state === "Creating") replica.state = lacksMaterial(replica) ? "PendingImport" : "Enabled"
}
