import type { KeyArn, RunId } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import type { KmsPort } from "../ports.ts"
import { hasDigest, sha256, wipe } from "./secret-bytes.ts"
import type { EscrowRecord, EscrowSet } from "./set.ts"

export type Canary = NonNullable<EscrowRecord["canary"]>

/**
 * A ciphertext from the day of the import: a data key of the drill role, of which only the wrapped form and a digest are
 * kept. The context is what lets that role open it, and nothing else of the key's.
 */
export async function makeCanary(
  kms: Pick<KmsPort, "generateDataKey">,
  key: KeyArn,
  set: EscrowSet,
  { run, now }: { readonly run: RunId; readonly now: number },
): Promise<Canary> {
  const context = { "dr-run": run, "dr-escrow": set.id }
  const { plaintext, wrapped } = await kms.generateDataKey(key, context)
  try {
    return {
      wrapped: Buffer.from(wrapped).toString("base64"),
      context,
      sha256: Buffer.from(sha256(plaintext)).toString("hex"),
      madeAt: isoStamp(now),
    }
  } finally {
    wipe(plaintext)
  }
}

/** Whether the key opens it to the same bytes. @throws DrError of kms:Decrypt */
export async function opensCanary(kms: Pick<KmsPort, "decrypt">, key: KeyArn, canary: Canary): Promise<boolean> {
  const plaintext = await kms.decrypt(Buffer.from(canary.wrapped, "base64"), key, canary.context)
  try {
    return hasDigest(plaintext, canary.sha256)
  } finally {
    wipe(plaintext)
  }
}
