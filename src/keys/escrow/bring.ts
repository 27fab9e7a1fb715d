import { isoStamp } from "../../kernel/clock.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { DAY, type Millis } from "../../kernel/units.ts"
import type { KeyAdminPort, WrappedMaterial } from "../ports.ts"
import { wrapFor } from "./material.ts"
import type { SecretBytes } from "./secret-bytes.ts"
import type { EscrowSet } from "./set.ts"

export interface Bringing {
  readonly set: EscrowSet
  readonly material: SecretBytes
  readonly type: WrappedMaterial["type"]
  /** How long it lives from now; undefined = for ever. */
  readonly expires: Millis | undefined
}

/** A token is good for a day. Source: SDK kms GetParametersForImport. */
const TOKEN_LIFE = DAY

/**
 * One import into one Region, with a token and a wrap of its own; the expiration model is always said. The end is reckoned
 * from AWS's clock, which the token tells: 365 days of a clock that is ahead would be refused. May be done again.
 * Resolves to the material's id.
 */
export async function bringMaterial(
  port: KeyAdminPort,
  key: KeyArn,
  { set, material, type, expires }: Bringing,
): Promise<string> {
  const { publicKey, token, validTo } = await port.importParameters(key)
  const until = expires === undefined ? undefined : isoStamp(Date.parse(validTo) - TOKEN_LIFE + expires)
  return port.importMaterial(key, {
    token,
    wrapped: wrapFor(publicKey, material),
    type,
    // Whoever looks at the key in AWS learns whose shares bring this material back.
    description: set.id,
    ...(until === undefined ? {} : { validTo: until }),
    ...(type === "EXISTING_KEY_MATERIAL" && set.keyMaterialId !== undefined ? { materialId: set.keyMaterialId } : {}),
  })
}
