import { keyArn, partitionOf } from "../../access/arn.ts"
import { isRegionName } from "../../kernel/brands.ts"
import { ServiceError } from "../core/exchange.ts"
import { stateError, unsupported, validation } from "./errors.ts"
import { list, optionalText, text } from "./input.ts"
import { authorizeAccount, keyFor, type Handler } from "./kms-call.ts"
import { metadataOf } from "./metadata.ts"
import { readPolicy } from "./policies.ts"
import { addKey, defaultPolicy, keyIn, memberOf } from "./store.ts"
import { readTags } from "./tags.ts"

/** The replica is `Creating` in the answer and Enabled after the settable delay; its policy is not the primary's. */
export const replicateKey: Handler = (call) => {
  const { input, store } = call
  const region = text(input, "ReplicaRegion")
  if (!isRegionName(region) || partitionOf(region) !== partitionOf(call.region))
    throw validation(`Invalid ReplicaRegion: ${region}`)
  const tags = readTags(list(input, "Tags"))
  const primary = keyFor(call, text(input, "KeyId"), "ReplicateKey", { "kms:ReplicaRegion": region })
  const { group } = primary
  if (!group.multiRegion || group.primaryRegion !== primary.region) {
    throw unsupported(`${primary.arn} is not a multi-region primary key.`)
  }
  if (primary.state !== "Enabled") throw stateError(primary)
  authorizeAccount(call, "CreateKey")
  const existing = keyIn(store, region, group.id)
  if (existing !== undefined) {
    throw new ServiceError("AlreadyExistsException", `Key ${keyArn(region, group.account, group.id)} already exists`)
  }
  const policy = readPolicy(call, input) ?? defaultPolicy(group.account, region)
  const replica = memberOf(store, group, region, {
    description: optionalText(input, "Description") ?? "",
    policy,
    tags,
    manager: "CUSTOMER",
  })
  addKey(store, replica)
  store.world.clock.schedule(replica.createdAt + store.world.settings.replicaDelayMs, () => {
    if (replica.state === "Creating") replica.state = "Enabled"
  })
  return {
    ReplicaKeyMetadata: metadataOf(store, replica),
    ReplicaPolicy: policy,
    ReplicaTags: [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
  }
}
