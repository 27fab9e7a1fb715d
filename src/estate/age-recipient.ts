import { decodeBech32 } from "../kernel/bech32.ts"

/**
 * Undefined when a share can be encrypted to it and opened again by `dr`; else why not. Two kinds can: X25519 (`age1…`)
 * and hybrid post-quantum (`age1pq1…`). Sizes: C2SP age.md, HPKE MLKEM768-X25519.
 */
export function recipientProblem(recipient: string): string | undefined {
  const decoded = decodeBech32(Buffer.from(recipient, "latin1"))
  if (decoded === undefined) return "its checksum is wrong: it was not copied whole"
  const { prefix, bytes } = decoded
  if (prefix === "age" && bytes.length === 32) return undefined
  if (prefix === "age1pq" && bytes.length === 1216) return undefined
  return "expected an age recipient of age-keygen (age1… or age1pq1…); those of plug-ins cannot be opened by dr"
}
