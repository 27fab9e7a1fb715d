import { sealTo } from "./age.ts"
import type { ShareFolder } from "./deps.ts"
import { refused } from "./refused.ts"
import { wipe, type SecretBytes } from "./secret-bytes.ts"
import type { EscrowSet } from "./set.ts"
import { shareText } from "./share-text.ts"

const shareFileName = (set: EscrowSet, custodian: string): string => `${set.id}-${custodian}.age`

/**
 * Encrypts each share to its custodian, writes it and reads it back. Again with the material's id once that is known: by
 * rename, so that a kill leaves the one or the other. Resolves to the names. @throws DrError E_WRITE, E_ESCROW_SHARE
 */
export async function writeShares(
  folder: ShareFolder,
  set: EscrowSet,
  shares: readonly SecretBytes[],
): Promise<string[]> {
  const names: string[] = []
  for (const [at, { name, recipient }] of set.custodians.entries()) {
    const share = shares[at]
    if (share === undefined) throw refused("E_ESCROW_SHARE", `set ${set.id} has no share ${at + 1}`)
    const text = shareText({ set, index: at + 1, custodian: name, share })
    const sealed = await sealTo(recipient, text).finally(() => wipe(text))
    const file = shareFileName(set, name)
    await folder.write(file, sealed)
    if ((await folder.read(file)) !== sealed)
      throw refused("E_ESCROW_SHARE", `${file} in ${folder.path} does not read back as it was written`, {
        hints: ["nothing was imported; choose another folder with --out"],
      })
    names.push(file)
  }
  return names
}
