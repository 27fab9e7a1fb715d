import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  PutKeyPolicyCommand,
  ReplicateKeyCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
  type GrantOperation,
  type KMSClient,
  type Tag,
} from "@aws-sdk/client-kms"
import { parseArn } from "../access/arn.ts"
import type { KeyArn, RegionName } from "../kernel/brands.ts"
import { isoStamp } from "../kernel/clock.ts"
import type { KeyAdminPort } from "../keys/ports.ts"
import { callAws, type CallDeps } from "./call.ts"
import type { ClientFactory } from "./clients.ts"
import { incomplete } from "./inventory-call.ts"
import type { AwsSession } from "./sessions.ts"

/** What may be sent again is; what may not is sent once, and whoever called reads back what it did. */
const AGAIN = 4
const ONCE = 1

export function keyAdminPort(deps: CallDeps, clients: ClientFactory, session: AwsSession): KeyAdminPort {
  const call = <T extends object>(
    operation: string,
    region: RegionName,
    subject: string,
    attempts: number,
    send: (kms: KMSClient, options: { abortSignal: AbortSignal }) => Promise<T>,
  ) =>
    callAws(
      deps,
      { service: "kms", operation, account: session.account, region },
      (abortSignal) => send(clients.kms(region, session.credentials), { abortSignal }) as Promise<T & Answer>,
      { subject, attempts, refresh: session.invalidate },
    )
  const onKey = <T extends object>(
    operation: string,
    key: KeyArn,
    attempts: number,
    send: (kms: KMSClient, options: { abortSignal: AbortSignal }) => Promise<T>,
  ) => call(operation, regionOf(key), key, attempts, send)

  return {
    account: session.account,
    principal: session.principal,
    async createKey(region, { description, policy, tags, origin, multiRegion }) {
      const command = new CreateKeyCommand({
        MultiRegion: multiRegion,
        Origin: origin,
        Description: description,
        Policy: policy,
        Tags: tagList(tags),
      })
      const { KeyMetadata } = await call("CreateKey", region, `a new key in ${region}`, ONCE, (kms, options) =>
        kms.send(command, options),
      )
      if (KeyMetadata?.Arn === undefined) throw incomplete("kms:CreateKey", region)
      return KeyMetadata.Arn as KeyArn
    },
    async replicateKey(primary, region, { description, policy, tags }) {
      const command = new ReplicateKeyCommand({
        KeyId: primary,
        ReplicaRegion: region,
        Description: description,
        Policy: policy,
        Tags: tagList(tags),
      })
      const { ReplicaKeyMetadata } = await onKey("ReplicateKey", primary, ONCE, (kms, options) =>
        kms.send(command, options),
      )
      if (ReplicaKeyMetadata?.Arn === undefined) throw incomplete("kms:ReplicateKey", primary)
      return ReplicaKeyMetadata.Arn as KeyArn
    },
    async createAlias(region, alias, key) {
      await call("CreateAlias", region, alias, ONCE, (kms, options) =>
        kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key }), options),
      )
    },
    async updateAlias(region, alias, key) {
      await call("UpdateAlias", region, alias, AGAIN, (kms, options) =>
        kms.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: key }), options),
      )
    },
    async putPolicy(key, policy) {
      await onKey("PutKeyPolicy", key, AGAIN, (kms, options) =>
        kms.send(new PutKeyPolicyCommand({ KeyId: key, PolicyName: "default", Policy: policy }), options),
      )
    },
    async tag(key, tags) {
      await onKey("TagResource", key, AGAIN, (kms, options) =>
        kms.send(new TagResourceCommand({ KeyId: key, Tags: tagList(tags) }), options),
      )
    },
    async untag(key, names) {
      await onKey("UntagResource", key, AGAIN, (kms, options) =>
        kms.send(new UntagResourceCommand({ KeyId: key, TagKeys: [...names] }), options),
      )
    },
    async describe(key, description) {
      await onKey("UpdateKeyDescription", key, AGAIN, (kms, options) =>
        kms.send(new UpdateKeyDescriptionCommand({ KeyId: key, Description: description }), options),
      )
    },
    async enableRotation(key, periodDays) {
      await onKey("EnableKeyRotation", key, AGAIN, (kms, options) =>
        kms.send(new EnableKeyRotationCommand({ KeyId: key, RotationPeriodInDays: periodDays }), options),
      )
    },
    async rotateOnDemand(key) {
      await onKey("RotateKeyOnDemand", key, ONCE, (kms, options) =>
        kms.send(new RotateKeyOnDemandCommand({ KeyId: key }), options),
      )
    },
    async createGrant(key, { name, grantee, retiring, operations, constraints }) {
      const command = new CreateGrantCommand({
        KeyId: key,
        Name: name,
        GranteePrincipal: grantee,
        ...(retiring === undefined ? {} : { RetiringPrincipal: retiring }),
        Operations: operations as GrantOperation[],
        ...(constraints === undefined
          ? {}
          : {
              Constraints: {
                ...(constraints.encryptionContextEquals === undefined
                  ? {}
                  : { EncryptionContextEquals: constraints.encryptionContextEquals }),
                ...(constraints.encryptionContextSubset === undefined
                  ? {}
                  : { EncryptionContextSubset: constraints.encryptionContextSubset }),
                ...(constraints.sourceArn === undefined ? {} : { SourceArn: constraints.sourceArn }),
              },
            }),
      })
      const { GrantId } = await onKey("CreateGrant", key, AGAIN, (kms, options) => kms.send(command, options))
      if (GrantId === undefined) throw incomplete("kms:CreateGrant", key)
      return GrantId
    },
    async revokeGrant(key, grantId) {
      await onKey("RevokeGrant", key, ONCE, (kms, options) =>
        kms.send(new RevokeGrantCommand({ KeyId: key, GrantId: grantId }), options),
      )
    },
    async enableKey(key) {
      await onKey("EnableKey", key, AGAIN, (kms, options) => kms.send(new EnableKeyCommand({ KeyId: key }), options))
    },
    async cancelDeletion(key) {
      await onKey("CancelKeyDeletion", key, ONCE, (kms, options) =>
        kms.send(new CancelKeyDeletionCommand({ KeyId: key }), options),
      )
    },
    async scheduleDeletion(key, days) {
      await onKey("ScheduleKeyDeletion", key, ONCE, (kms, options) =>
        kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: days }), options),
      )
      // Its own answer may be a day early; DescribeKey tells the real date.
      const { KeyMetadata } = await onKey("DescribeKey", key, AGAIN, (kms, options) =>
        kms.send(new DescribeKeyCommand({ KeyId: key }), options),
      )
      return KeyMetadata?.DeletionDate === undefined ? undefined : isoStamp(KeyMetadata.DeletionDate.getTime())
    },
    async importParameters(key) {
      const command = new GetParametersForImportCommand({
        KeyId: key,
        WrappingAlgorithm: "RSAES_OAEP_SHA_256",
        WrappingKeySpec: "RSA_4096",
      })
      const answer = await onKey("GetParametersForImport", key, AGAIN, (kms, options) => kms.send(command, options))
      const { PublicKey: publicKey, ImportToken: token, ParametersValidTo: validTo } = answer
      if (publicKey === undefined || token === undefined || validTo === undefined)
        throw incomplete("kms:GetParametersForImport", key)
      return { publicKey, token, validTo: isoStamp(validTo.getTime()) }
    },
    async importMaterial(key, material) {
      const command = new ImportKeyMaterialCommand({
        KeyId: key,
        ImportToken: material.token,
        EncryptedKeyMaterial: material.wrapped,
        ImportType: material.type,
        ...(material.validTo === undefined
          ? { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" as const }
          : { ExpirationModel: "KEY_MATERIAL_EXPIRES" as const, ValidTo: new Date(material.validTo) }),
        ...(material.description === undefined ? {} : { KeyMaterialDescription: material.description }),
        ...(material.materialId === undefined ? {} : { KeyMaterialId: material.materialId }),
      })
      const answer = await onKey("ImportKeyMaterial", key, AGAIN, (kms, options) => kms.send(command, options))
      if (answer.KeyMaterialId === undefined) throw incomplete("kms:ImportKeyMaterial", key)
      return answer.KeyMaterialId
    },
    async deleteMaterial(key, materialId) {
      await onKey("DeleteImportedKeyMaterial", key, AGAIN, (kms, options) =>
        kms.send(new DeleteImportedKeyMaterialCommand({ KeyId: key, KeyMaterialId: materialId }), options),
      )
    },
  }
}

type Answer = { $metadata: { httpStatusCode?: number; requestId?: string } }

const regionOf = (key: KeyArn): RegionName => parseArn(key).region as RegionName

export const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
