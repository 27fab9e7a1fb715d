import { z } from "zod"
import type { KeyArn } from "../../kernel/brands.ts"

const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
const SET_ID = /^escrow-\d{8}T\d{6}Z-[0-9a-f]{8}$/

/**
 * What everybody may know about a set of shares. Every share carries it, so that m shares and their identities are enough,
 * without a state folder; the digests are of 256 random bits each and tell nothing.
 */
export const EscrowSet = z.strictObject({
  format: z.literal("dr-escrow"),
  version: z.literal(1),
  id: z.string().regex(SET_ID),
  env: z.string(),
  /** dr.yaml's name. */
  key: z.string(),
  /** Of the primary. */
  keyArn: z
    .string()
    .startsWith("arn:")
    .transform((arn) => arn as KeyArn),
  /** m: how many shares recover. */
  threshold: z.int().min(2).max(255),
  /** n of them, in the order of their index, which begins at 1. */
  custodians: z
    .array(
      z.strictObject({
        name: z.string(),
        /** Whom the share is encrypted to. */
        recipient: z.string(),
        /** SHA-256 of the share. */
        share: hex64,
      }),
    )
    .min(3)
    .max(255),
  /** SHA-256 of what was split: the 32 bytes of an age identity. */
  commitment: hex64,
  /** Of that identity. */
  recipient: z.string(),
  material: z.strictObject({
    /** The 32 bytes of the key, encrypted with age to `recipient`; armored. */
    sealed: z.string(),
    /** SHA-256 of the 32 bytes. */
    sha256: hex64,
    /** Key check value: the first three bytes of the zero block under AES-256. */
    kcv: z.string().regex(/^[0-9a-f]{6}$/),
  }),
  /** KMS's name for the material. Undefined in a share that was written before the import, whose end nobody saw. */
  keyMaterialId: hex64.optional(),
  /** ISO 8601. */
  createdAt: z.string(),
})
export type EscrowSet = z.infer<typeof EscrowSet>

/** The state folder's record of a set: `escrow/<set>.json`. Nothing secret. */
export const EscrowRecord = z.strictObject({
  set: EscrowSet,
  /**
   * `split`: the shares are written and read back, nothing was imported as far as anybody knows; `complete`: the material
   * is in KMS; `abandoned`: it never got there, and another set took its place.
   */
  stage: z.enum(["split", "complete", "abandoned"]),
  /** An old ciphertext under the key, by which a recovery proves itself. Base64; opens with the context. */
  canary: z
    .strictObject({
      wrapped: z.string(),
      context: z.record(z.string(), z.string()),
      /** SHA-256 of the plaintext. */
      sha256: hex64,
      madeAt: z.string(),
    })
    .optional(),
  /** When a custodian's share was last proven, ISO 8601. */
  proofs: z.array(z.strictObject({ custodian: z.string(), at: z.string() })),
  /** When enough shares were last shown to combine, and by what. */
  quorums: z.array(z.strictObject({ custodians: z.array(z.string()), at: z.string(), by: z.string() })),
})
export type EscrowRecord = z.infer<typeof EscrowRecord>

/** Records in the state folder. */
export interface EscrowStore {
  /** @throws DrError E_STATE for a record that cannot be read: it is not passed over in silence */
  list(): Promise<readonly EscrowRecord[]>
  save(record: EscrowRecord): Promise<void>
}
