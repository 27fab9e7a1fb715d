import { createPublicKey, generateKeyPair, type KeyObject } from "node:crypto"
import { promisify } from "node:util"
import { DAY } from "../../kernel/units.ts"
import { stateError, unsupported, wrongOrigin } from "./errors.ts"
import { writeToken } from "./import-token.ts"
import { oneOf, text } from "./input.ts"
import { keyFor, mustBeCustomers, mustNotBePending, type Handler } from "./kms-call.ts"
import { seconds } from "./metadata.ts"
import type { Wrapping } from "./store.ts"

const ALGORITHMS = [
  "RSAES_PKCS1_V1_5",
  "RSAES_OAEP_SHA_1",
  "RSAES_OAEP_SHA_256",
  "RSA_AES_KEY_WRAP_SHA_1",
  "RSA_AES_KEY_WRAP_SHA_256",
  "SM2PKE",
]
const SPECS = ["RSA_2048", "RSA_3072", "RSA_4096", "SM2"]

/** The wrapping key is the sandbox's, the token is the key's: valid for a day of virtual time. */
export const getParametersForImport: Handler = (call) => {
  const { input, store } = call
  text(input, "WrappingAlgorithm")
  text(input, "WrappingKeySpec")
  const wrappingAlgorithm = oneOf(input, "WrappingAlgorithm", ALGORITHMS, "")
  const wrappingKeySpec = oneOf(input, "WrappingKeySpec", SPECS, "")
  const key = keyFor(call, text(input, "KeyId"), "GetParametersForImport", {
    "kms:WrappingAlgorithm": wrappingAlgorithm,
    "kms:WrappingKeySpec": wrappingKeySpec,
  })
  mustBeCustomers(call, key, "GetParametersForImport")
  if (key.group.origin !== "EXTERNAL") throw wrongOrigin(key)
  // Material of 256 bits fits into OAEP directly and is wrapped no other way.
  if (!wrappingAlgorithm.startsWith("RSAES_OAEP_") || wrappingKeySpec === "SM2")
    throw unsupported(`${wrappingAlgorithm} with ${wrappingKeySpec} cannot wrap material of this key.`)
  mustNotBePending(key)
  if (key.state === "Creating") throw stateError(key)
  const validTo = store.world.clock.now() + DAY
  const token = writeToken(store, { keyArn: key.arn, wrappingKeySpec, wrappingAlgorithm, validTo })
  return wrappingKey(store.wrapping, wrappingKeySpec).then((made) => ({
    KeyId: key.arn,
    ImportToken: token.toString("base64"),
    PublicKey: createPublicKey(made).export({ type: "spki", format: "der" }).toString("base64"),
    ParametersValidTo: seconds(validTo),
  }))
}

const makePair = promisify(generateKeyPair)

/** Off the main thread and once: 4096 bits may take seconds. RSA has no way to use the world's randomness. */
async function wrappingKey(wrapping: Wrapping, spec: string): Promise<KeyObject> {
  const known = wrapping.keys.get(spec)
  if (known !== undefined) return known
  let underway = wrapping.underway.get(spec)
  if (underway === undefined) {
    underway = makePair("rsa", { modulusLength: Number(spec.slice("RSA_".length)) }).then((pair) => pair.privateKey)
    wrapping.underway.set(spec, underway)
  }
  const made = await underway
  wrapping.keys.set(spec, made)
  wrapping.underway.delete(spec)
  return made
}
