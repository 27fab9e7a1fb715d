import { keyArn } from "../../access/arn.ts"
import { defaultPolicy } from "./default-policies.ts"
import { notYet, validation } from "./errors.ts"
import { flag, list, oneOf, optionalText, type Input } from "./input.ts"
import { propertyFacts, tagFacts } from "./key-facts.ts"
import { isKeySpec, type KeySpec } from "./key-spec.ts"
import { authorizeAccount, authorizeTags, type Handler } from "./kms-call.ts"
import { metadataOf } from "./metadata.ts"
import { addNewKey, newKeyId } from "./new-key.ts"
import { bypassFacts, readPolicy } from "./policies.ts"
import { readTags } from "./tags.ts"

const USAGES = ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"]
const SPECS = [
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "ECC_NIST_P256",
  "ECC_NIST_P384",
  "ECC_NIST_P521",
  "ECC_SECG_P256K1",
  "ECC_NIST_EDWARDS25519",
  "SYMMETRIC_DEFAULT",
  "HMAC_224",
  "HMAC_256",
  "HMAC_384",
  "HMAC_512",
  "SM2",
  "ML_DSA_44",
  "ML_DSA_65",
  "ML_DSA_87",
]

interface Properties {
  readonly spec: KeySpec
  readonly origin: "AWS_KMS" | "EXTERNAL"
  readonly multiRegion: boolean
}

function readProperties(input: Input): Properties {
  const spec = oneOf(input, "KeySpec", SPECS, optionalText(input, "CustomerMasterKeySpec") ?? "SYMMETRIC_DEFAULT")
  const usage = oneOf(input, "KeyUsage", USAGES, spec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : "")
  if (usage === "")
    throw validation("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
  checkUsage(spec, usage)
  const origin = oneOf(input, "Origin", ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"], "AWS_KMS")
  if (!isKeySpec(spec)) throw notYet(`keys of spec ${spec}`)
  if (origin !== "AWS_KMS" && origin !== "EXTERNAL") throw notYet("custom key stores")
  if (origin === "EXTERNAL" && spec !== "SYMMETRIC_DEFAULT") throw notYet(`imported material for keys of spec ${spec}`)
  return { spec, origin, multiRegion: flag(input, "MultiRegion") }
}

export const createKey: Handler = (call) => {
  const { input, store, caller, region } = call
  const properties = readProperties(input)
  const tags = readTags(list(input, "Tags"))
  const id = newKeyId(store, properties.multiRegion)
  const facts = propertyFacts(properties, "PRIMARY")
  const context = { ...facts, ...bypassFacts(call), ...tagFacts(tags) }
  authorizeAccount(call, "CreateKey", { context })
  const resource = keyArn(region, caller.account, id)
  authorizeTags(call, tags, resource, facts)
  const subject = { resource, resourceAccount: caller.account, region, resourceTags: tags, context }
  const policy = readPolicy(call, subject) ?? defaultPolicy(caller.account, region)
  const description = optionalText(input, "Description") ?? ""
  const account = caller.account
  const key = addNewKey(store, { ...properties, id, account, region, description, policy, tags, manager: "CUSTOMER" })
  return { KeyMetadata: metadataOf(store, key) }
}

function checkUsage(spec: string, usage: string): void {
  const fits =
    spec === "SYMMETRIC_DEFAULT"
      ? usage === "ENCRYPT_DECRYPT"
      : spec.startsWith("HMAC")
        ? usage === "GENERATE_VERIFY_MAC"
        : spec.startsWith("RSA")
          ? usage === "ENCRYPT_DECRYPT" || usage === "SIGN_VERIFY"
          : usage === "SIGN_VERIFY" || usage === "KEY_AGREEMENT"
  if (!fits) throw validation(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`)
}
