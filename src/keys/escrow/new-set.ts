import type { KeyArn } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import type { RandomBytes } from "../../kernel/random.ts"
import { identityOf, sealTo } from "./age.ts"
import { checkValueOf, MATERIAL_SIZE } from "./material.ts"
import { secretFrom, sha256, wipe, type SecretBytes } from "./secret-bytes.ts"
import type { EscrowSet } from "./set.ts"
import { splitSecret } from "./split.ts"

/** What a set is made for. */
export interface SetWanted {
  readonly env: string
  readonly key: string
  readonly keyArn: KeyArn
  readonly threshold: number
  /** By name: the age recipient. */
  readonly custodians: Readonly<Record<string, string>>
}

/** New material and its set, in memory only. The caller wipes material and shares. */
export interface NewSet {
  readonly set: EscrowSet
  readonly material: SecretBytes
  /** In the order of the custodians. */
  readonly shares: readonly SecretBytes[]
}

/**
 * Makes material, an age identity that alone opens it, and splits that identity (decision 14). `random` must be a source for
 * keys. @throws DrError E_ESCROW_SPLIT (64)
 */
export async function newSet(wanted: SetWanted, random: RandomBytes, now: number): Promise<NewSet> {
  const material = taken(random(MATERIAL_SIZE))
  const scalar = taken(random(32))
  try {
    const names = Object.keys(wanted.custodians)
    const { recipient } = await identityOf(scalar)
    const shares = await splitSecret(scalar, names.length, wanted.threshold)
    const set: EscrowSet = {
      format: "dr-escrow",
      version: 1,
      id: setId(now, random),
      env: wanted.env,
      key: wanted.key,
      keyArn: wanted.keyArn,
      threshold: wanted.threshold,
      custodians: names.map((name, at) => ({
        name,
        recipient: wanted.custodians[name] ?? "",
        share: hex(sha256(shares[at] ?? new Uint8Array())),
      })),
      commitment: hex(sha256(scalar)),
      recipient,
      material: {
        sealed: await sealTo(recipient, material),
        sha256: hex(sha256(material)),
        kcv: checkValueOf(material),
      },
      createdAt: isoStamp(now),
    }
    return { set, material, shares }
  } catch (thrown) {
    wipe(material)
    throw thrown
  } finally {
    wipe(scalar)
  }
}

/** In memory of its own; the source's copy is zeroed. */
function taken(bytes: Uint8Array): SecretBytes {
  const own = secretFrom(bytes)
  wipe(bytes)
  return own
}

/** `escrow-20261124T181552Z-4f3a09c1` */
function setId(now: number, random: RandomBytes): string {
  const stamp = isoStamp(now)
    .replace(/[-:]/g, "")
    .replace(/\.\d+Z$/, "Z")
  return `escrow-${stamp}-${hex(random(4))}`
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
