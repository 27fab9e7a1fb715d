import { DecryptCommand, ReEncryptCommand, type KMSClient } from "@aws-sdk/client-kms"
import type { RegionName } from "../kernel/brands.ts"
import { SECOND } from "../kernel/units.ts"
import type { Outcome } from "../restore/data-plane.ts"
import type { RewrapKms } from "../restore/rewrap/ports.ts"
import { outcomeOf } from "./call-error.ts"
import type { AwsSession } from "./sessions.ts"

const DEADLINE_MS = 20 * SECOND

const base64 = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")

/** KMS through the SDK: one attempt each, no event for each, because there may be millions. */
export function rewrapKms(client: KMSClient, session: AwsSession, region: RegionName): RewrapKms {
  const call = async <T>(operation: string, subject: string, send: (abort: AbortSignal) => Promise<T>) => {
    const facts = { service: "kms", operation, account: session.account, region }
    const outcome = await outcomeOf(facts, subject, DEADLINE_MS, send)
    if (outcome.kind === "error" && outcome.error.class === "expired-token") session.invalidate()
    return outcome
  }
  return {
    reEncrypt: ({ ciphertext, from, to, context }) =>
      call("ReEncrypt", `${from} to ${to}`, async (abortSignal) => {
        const answer = await client.send(
          new ReEncryptCommand({
            CiphertextBlob: Buffer.from(ciphertext, "base64"),
            SourceKeyId: from,
            SourceEncryptionContext: context,
            DestinationKeyId: to,
            DestinationEncryptionContext: context,
          }),
          { abortSignal },
        )
        return {
          ciphertext: base64(answer.CiphertextBlob),
          sourceKeyArn: answer.SourceKeyId ?? "",
          keyArn: answer.KeyId ?? "",
        }
      }),
    async decrypt({ ciphertext, keyArn, context }): Promise<Outcome<Buffer>> {
      return call("Decrypt", keyArn, async (abortSignal) => {
        const answer = await client.send(
          new DecryptCommand({
            CiphertextBlob: Buffer.from(ciphertext, "base64"),
            KeyId: keyArn,
            EncryptionContext: context,
          }),
          { abortSignal },
        )
        const bytes = answer.Plaintext ?? new Uint8Array()
        // The same memory: overwriting the one overwrites the other.
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      })
    },
  }
}
