import {
  DecryptCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  GetKeyRotationStatusCommand,
  ReEncryptCommand,
  type KMSClient,
} from "@aws-sdk/client-kms"
import type { AccountId, KeyArn, RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import type { DryRun, KmsPort } from "../keys/ports.ts"
import { callAws, type CallDeps } from "./call.ts"
import type { AwsSession } from "./sessions.ts"

/** What KMS answers to a dry run that it would have let through. */
const PASSED: ReadonlySet<string> = new Set([
  "DryRunOperationException",
  "DisabledException",
  "KMSInvalidStateException",
])

function dryRunCommand(wanted: DryRun): DecryptCommand | GenerateDataKeyCommand | ReEncryptCommand {
  switch (wanted.operation) {
    case "GenerateDataKey":
      return new GenerateDataKeyCommand({
        KeyId: wanted.keyArn,
        KeySpec: "AES_256",
        EncryptionContext: wanted.context,
        DryRun: true,
      })
    case "Decrypt":
      return new DecryptCommand({
        KeyId: wanted.keyArn,
        EncryptionContext: wanted.context,
        DryRun: true,
        DryRunModifiers: ["IGNORE_CIPHERTEXT"],
      })
    case "ReEncrypt":
      return new ReEncryptCommand({
        SourceKeyId: wanted.from,
        SourceEncryptionContext: wanted.context,
        DestinationKeyId: wanted.to,
        DestinationEncryptionContext: wanted.context,
        DryRun: true,
        DryRunModifiers: ["IGNORE_CIPHERTEXT"],
      })
  }
}

type Answer = { $metadata: { httpStatusCode?: number; requestId?: string } }

/** KMS in one Region as one session. Every call may be sent again: none of them changes a key. */
export function kmsPort(deps: CallDeps, client: KMSClient, session: AwsSession, region: RegionName): KmsPort {
  const call = <T extends Answer>(
    operation: string,
    subject: string,
    send: (abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> =>
    callAws(deps, { service: "kms", operation, account: session.account, region }, send, {
      subject,
      refresh: session.invalidate,
    })
  const incomplete = (operation: string, keyArn: string): DrError =>
    new DrError({ code: "E_AWS_ANSWER", message: `kms:${operation} on ${keyArn} answered without the expected fields` })

  return {
    async describeKey(keyRef) {
      const answer = await call("DescribeKey", keyRef, (abortSignal) =>
        client.send(new DescribeKeyCommand({ KeyId: keyRef }), { abortSignal }),
      )
      const key = answer.KeyMetadata
      if (!key?.Arn || !key.AWSAccountId || !key.KeyState) throw incomplete("DescribeKey", keyRef)
      const replicas = key.MultiRegionConfiguration?.ReplicaKeys ?? []
      return {
        arn: key.Arn as KeyArn,
        account: key.AWSAccountId as AccountId,
        state: key.KeyState,
        multiRegion: key.MultiRegion ?? false,
        ...(key.MultiRegionConfiguration?.MultiRegionKeyType === undefined
          ? {}
          : { multiRegionType: key.MultiRegionConfiguration.MultiRegionKeyType }),
        related: [key.MultiRegionConfiguration?.PrimaryKey?.Arn, ...replicas.map((replica) => replica.Arn)].filter(
          (arn) => arn !== undefined,
        ) as KeyArn[],
        origin: key.Origin ?? "unknown",
        ...(key.KeyManager === undefined ? {} : { manager: key.KeyManager }),
        ...(key.KeySpec === undefined ? {} : { spec: key.KeySpec }),
        ...(key.KeyUsage === undefined ? {} : { usage: key.KeyUsage }),
      }
    },
    async rotation(keyArn) {
      const answer = await call("GetKeyRotationStatus", keyArn, (abortSignal) =>
        client.send(new GetKeyRotationStatusCommand({ KeyId: keyArn }), { abortSignal }),
      )
      return {
        enabled: answer.KeyRotationEnabled ?? false,
        ...(answer.RotationPeriodInDays === undefined ? {} : { periodDays: answer.RotationPeriodInDays }),
        ...(answer.NextRotationDate === undefined ? {} : { nextAt: answer.NextRotationDate.toISOString() }),
      }
    },
    async generateDataKey(keyArn, context) {
      const answer = await call("GenerateDataKey", keyArn, (abortSignal) =>
        client.send(new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: "AES_256", EncryptionContext: context }), {
          abortSignal,
        }),
      )
      if (!answer.Plaintext || !answer.CiphertextBlob) throw incomplete("GenerateDataKey", keyArn)
      return { plaintext: answer.Plaintext, wrapped: answer.CiphertextBlob }
    },
    async reEncrypt(wrapped, from, to, context) {
      const answer = await call("ReEncrypt", `${from} to ${to}`, (abortSignal) =>
        client.send(
          new ReEncryptCommand({
            CiphertextBlob: wrapped,
            SourceKeyId: from,
            SourceEncryptionContext: context,
            DestinationKeyId: to,
            DestinationEncryptionContext: context,
          }),
          { abortSignal },
        ),
      )
      if (!answer.CiphertextBlob || !answer.SourceKeyId || !answer.KeyId) throw incomplete("ReEncrypt", to)
      return { wrapped: answer.CiphertextBlob, from: answer.SourceKeyId, to: answer.KeyId }
    },
    async dryRun(wanted) {
      const subject = wanted.operation === "ReEncrypt" ? `${wanted.from} to ${wanted.to}` : wanted.keyArn
      await call(wanted.operation, subject, (abortSignal) =>
        // Success is this exception. A key that is disabled or pending was authorised before its state was looked at.
        client.send(dryRunCommand(wanted) as DecryptCommand, { abortSignal }).catch((thrown: unknown) => {
          if (PASSED.has((thrown as Error).name)) return { $metadata: (thrown as Answer).$metadata }
          throw thrown
        }),
      )
    },
    async decrypt(wrapped, keyArn, context) {
      const answer = await call("Decrypt", keyArn, (abortSignal) =>
        client.send(new DecryptCommand({ CiphertextBlob: wrapped, KeyId: keyArn, EncryptionContext: context }), {
          abortSignal,
        }),
      )
      if (!answer.Plaintext) throw incomplete("Decrypt", keyArn)
      return answer.Plaintext
    },
  }
}
