import { aliasArn } from "../../access/arn.ts"
import { ServiceError } from "../core/exchange.ts"
import { constraint, noSuchKey, notFound, validation } from "./errors.ts"
import { optionalText, text } from "./input.ts"
import type { Alias, KmsKey } from "./key.ts"
import { KEY_SPECS } from "./key-spec.ts"
import { authorizeAccount, authorizeKey, keyFor, mustNotBePending, type Handler, type KmsCall } from "./kms-call.ts"
import { seconds } from "./metadata.ts"
import { pageOf } from "./page.ts"
import { resolveKey } from "./resolve.ts"
import { aliasKey, forgetFacts, keyIn } from "./store.ts"

const PREFIX =
  'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html'

function aliasName(call: KmsCall): string {
  const name = text(call.input, "AliasName")
  if (!name.startsWith("alias/")) throw validation(PREFIX)
  if (name.length > 256) throw constraint("aliasName", "have length less than or equal to 256", name)
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) {
    throw constraint("aliasName", "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", name)
  }
  if (name.startsWith("alias/aws/")) throw new ServiceError("NotAuthorizedException", "")
  return name
}

function find(call: KmsCall, name: string): Alias {
  const alias = call.store.aliases.get(aliasKey(call.region, call.caller.account, name))
  if (alias === undefined) throw notFound(`Alias ${aliasArn(call.region, call.caller.account, name)} is not found.`)
  return alias
}

export const createAlias: Handler = (call) => {
  const { caller, region, store } = call
  const name = aliasName(call)
  const arn = aliasArn(region, caller.account, name)
  authorizeAccount(call, "CreateAlias", { resource: arn })
  const key = keyFor(call, text(call.input, "TargetKeyId"), "CreateAlias")
  mustNotBePending(key)
  const at = aliasKey(region, caller.account, name)
  if (store.aliases.has(at))
    throw new ServiceError("AlreadyExistsException", `An alias with the name ${arn} already exists`)
  const now = store.world.clock.now()
  store.aliases.set(at, { name, account: caller.account, region, createdAt: now, updatedAt: now, keyId: key.group.id })
  forgetFacts(store)
  return undefined
}

/** Asks for the alias, for the key that it leaves and for the one that it goes to. */
export const updateAlias: Handler = (call) => {
  const { store } = call
  const name = aliasName(call)
  const alias = find(call, name)
  authorizeAccount(call, "UpdateAlias", { resource: aliasArn(call.region, call.caller.account, name) })
  const old = keyIn(store, alias.region, alias.keyId)
  if (old !== undefined) authorizeKey(store, call, old, "UpdateAlias")
  const key = keyFor(call, text(call.input, "TargetKeyId"), "UpdateAlias")
  mustNotBePending(key)
  if (old !== undefined && KEY_SPECS[old.group.spec].usage !== KEY_SPECS[key.group.spec].usage)
    throw validation(`Alias ${name} can only be moved to a key of the same type and usage.`)
  alias.previousKeyId = alias.keyId
  alias.keyId = key.group.id
  alias.updatedAt = store.world.clock.now()
  forgetFacts(store)
  return undefined
}

export const deleteAlias: Handler = (call) => {
  const { store } = call
  const name = aliasName(call)
  const alias = find(call, name)
  authorizeAccount(call, "DeleteAlias", { resource: aliasArn(call.region, call.caller.account, name) })
  const key = keyIn(store, alias.region, alias.keyId)
  if (key !== undefined) authorizeKey(store, call, key, "DeleteAlias")
  store.aliases.delete(aliasKey(call.region, call.caller.account, name))
  forgetFacts(store)
  return undefined
}

export const listAliases: Handler = (call) => {
  authorizeAccount(call, "ListAliases")
  const ref = optionalText(call.input, "KeyId")
  // A right of IAM alone, on no resource: the key's policy is not asked.
  const only = ref === undefined ? undefined : ownKey(call, ref).group.id
  const own = [...call.store.aliases.values()].filter(
    (alias) =>
      alias.account === call.caller.account &&
      alias.region === call.region &&
      (only === undefined || alias.keyId === only),
  )
  const page = pageOf(call, `aliases ${only ?? ""}`, own, (alias) => alias.name, 100, 50)
  return { Aliases: page.items.map(entryOf), ...page.tail }
}

function ownKey(call: KmsCall, ref: string): KmsKey {
  const key = resolveKey(call.store, call.region, call.caller.account, ref, false)
  if (key.account !== call.caller.account) throw noSuchKey(ref)
  return key
}

const entryOf = (alias: Alias): object => ({
  AliasName: alias.name,
  AliasArn: aliasArn(alias.region, alias.account, alias.name),
  TargetKeyId: alias.keyId,
  CreationDate: seconds(alias.createdAt),
  LastUpdatedDate: seconds(alias.updatedAt),
})
