import { DAY } from "../../kernel/units.ts"
import type { Conditions } from "../core/world.ts"
import { constraint, validation } from "./errors.ts"
import { bytes, oneOf, optionalText, optionalTime, text } from "./input.ts"
import type { KmsCall } from "./kms-call.ts"

/** What ImportKeyMaterial was asked for. */
export interface Import {
  readonly keyRef: string
  readonly token: Buffer
  readonly wrapped: Buffer
  readonly type: string | undefined
  readonly materialId: string | undefined
  readonly description: string | undefined
  /** Epoch milliseconds; undefined = never. */
  readonly expiresAt: number | undefined
}

const MOST_BYTES = 6144
const LONGEST = 365 * DAY

export function readImport(call: KmsCall): Import {
  const { input } = call
  const materialId = optionalText(input, "KeyMaterialId")
  if (materialId !== undefined && !/^[a-f0-9]{64}$/.test(materialId))
    throw constraint("keyMaterialId", "satisfy regular expression pattern: ^[a-f0-9]+$", materialId)
  const description = optionalText(input, "KeyMaterialDescription")
  if (description !== undefined && description.length > 256)
    throw constraint("keyMaterialDescription", "have length less than or equal to 256", description)
  const type = oneOf(input, "ImportType", ["NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"], "")
  return {
    keyRef: text(input, "KeyId"),
    token: bytes(input, "ImportToken", MOST_BYTES),
    wrapped: bytes(input, "EncryptedKeyMaterial", MOST_BYTES),
    type: type === "" ? undefined : type,
    materialId,
    description,
    expiresAt: readExpiry(call),
  }
}

const MODELS = ["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"]

function readExpiry(call: KmsCall): number | undefined {
  const model = oneOf(call.input, "ExpirationModel", MODELS, "KEY_MATERIAL_EXPIRES")
  const validTo = optionalTime(call.input, "ValidTo")
  if (model === "KEY_MATERIAL_DOES_NOT_EXPIRE") {
    if (validTo === undefined) return undefined
    throw validation("A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE")
  }
  if (validTo === undefined)
    throw validation("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
  const now = call.store.world.clock.now()
  if (validTo <= now || validTo > now + LONGEST)
    throw validation("The validTo date must be in the future and at most 365 days away.")
  return validTo
}

/** kms:ValidTo is seconds, which conditions on numbers and on dates can both read. */
export const expirationFacts = ({ expiresAt }: Import): Conditions =>
  expiresAt === undefined
    ? { "kms:ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE" }
    : { "kms:ExpirationModel": "KEY_MATERIAL_EXPIRES", "kms:ValidTo": String(expiresAt / 1000) }
