import {
  DescribeKeyCommand,
  GetKeyLastUsageCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  type GrantListEntry,
  type RotationsListEntry,
} from "@aws-sdk/client-kms"
import type { Grant } from "../access/grants.ts"
import type { KeyArn, RegionName } from "../kernel/brands.ts"
import { isoStamp } from "../kernel/clock.ts"
import type { AccountReader, KeyMaterial } from "../keys/inventory-port.ts"
import { everyPage, incomplete, noneFor, type ReaderParts } from "./inventory-call.ts"

type KmsReader = Pick<
  AccountReader,
  | "describeKey"
  | "keyPolicy"
  | "grants"
  | "aliases"
  | "keyTags"
  | "rotation"
  | "materials"
  | "lastUse"
  | "keysIn"
  | "aliasesIn"
>

export function kmsReader({ clients, session, call }: ReaderParts): KmsReader {
  const kms = (region: RegionName) => clients.kms(region, session.credentials)
  const named = (operation: string, region: RegionName, subject: string) => ({
    service: "kms",
    operation,
    region,
    subject,
  })
  return {
    async describeKey(region, keyRef) {
      const { KeyMetadata: key } = await call(named("DescribeKey", region, keyRef), (options) =>
        kms(region).send(new DescribeKeyCommand({ KeyId: keyRef }), options),
      )
      if (!key?.Arn || !key.KeyState) throw incomplete("kms:DescribeKey", keyRef)
      const multi = key.MultiRegionConfiguration
      const related = [multi?.PrimaryKey, ...(multi?.ReplicaKeys ?? [])].map((each) => each?.Arn)
      return {
        arn: key.Arn as KeyArn,
        state: key.KeyState,
        related: related.filter((arn) => arn !== undefined) as KeyArn[],
        awsManaged: key.KeyManager === "AWS",
        ...(key.Origin === undefined ? {} : { origin: key.Origin }),
        ...(multi?.MultiRegionKeyType === undefined ? {} : { multiRegionType: multi.MultiRegionKeyType }),
        ...(key.PendingDeletionWindowInDays === undefined
          ? {}
          : { deletionWindowDays: key.PendingDeletionWindowInDays }),
        ...stampOf("deletionAt", key.DeletionDate),
        ...stampOf("createdAt", key.CreationDate),
        ...stampOf("materialExpiresAt", key.ValidTo),
        spec: key.KeySpec ?? "",
        usage: key.KeyUsage ?? "",
        description: key.Description ?? "",
      }
    },
    async keyPolicy(region, key) {
      const { Policy } = await call(named("GetKeyPolicy", region, key), (options) =>
        kms(region).send(new GetKeyPolicyCommand({ KeyId: key, PolicyName: "default" }), options),
      )
      if (Policy === undefined) throw incomplete("kms:GetKeyPolicy", key)
      return Policy
    },
    async grants(region, key) {
      const entries = await everyPage(async (Marker) => {
        const page = await call(named("ListGrants", region, key), (options) =>
          kms(region).send(
            new ListGrantsCommand({ KeyId: key, Limit: 100, ...(Marker === undefined ? {} : { Marker }) }),
            options,
          ),
        )
        return { items: page.Grants, next: page.Truncated === true ? page.NextMarker : undefined }
      })
      return entries.map((entry) => grantOf(entry, key))
    },
    async aliases(region, key) {
      const entries = await everyPage(async (Marker) => {
        const page = await call(named("ListAliases", region, key), (options) =>
          kms(region).send(
            new ListAliasesCommand({ KeyId: key, ...(Marker === undefined ? {} : { Marker }) }),
            options,
          ),
        )
        return { items: page.Aliases, next: page.Truncated === true ? page.NextMarker : undefined }
      })
      return entries.flatMap(({ AliasName }) => (AliasName === undefined ? [] : [AliasName]))
    },
    async keyTags(region, key) {
      const tags = await everyPage(async (Marker) => {
        const page = await call(named("ListResourceTags", region, key), (options) =>
          kms(region).send(
            new ListResourceTagsCommand({ KeyId: key, ...(Marker === undefined ? {} : { Marker }) }),
            options,
          ),
        )
        return { items: page.Tags, next: page.Truncated === true ? page.NextMarker : undefined }
      })
      return Object.fromEntries(tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]))
    },
    async rotation(region, key) {
      const answer = await noneFor(
        "UnsupportedOperationException",
        call(named("GetKeyRotationStatus", region, key), (options) =>
          kms(region).send(new GetKeyRotationStatusCommand({ KeyId: key }), options),
        ),
      )
      if (answer === undefined) return undefined
      const { KeyRotationEnabled: enabled = false, RotationPeriodInDays: periodDays } = answer
      return {
        enabled,
        ...(periodDays === undefined ? {} : { periodDays }),
        ...stampOf("nextAt", answer.NextRotationDate),
        ...stampOf("onDemandAt", answer.OnDemandRotationStartDate),
      }
    },
    async materials(region, key) {
      const entries = await everyPage(async (Marker) => {
        const page = await call(named("ListKeyRotations", region, key), (options) =>
          kms(region).send(
            new ListKeyRotationsCommand({
              KeyId: key,
              IncludeKeyMaterial: "ALL_KEY_MATERIAL",
              ...(Marker === undefined ? {} : { Marker }),
            }),
            options,
          ),
        )
        return { items: page.Rotations, next: page.Truncated === true ? page.NextMarker : undefined }
      })
      return entries.map((entry) => materialOf(entry, key))
    },
    async lastUse(region, key) {
      const answer = await call(named("GetKeyLastUsage", region, key), (options) =>
        kms(region).send(new GetKeyLastUsageCommand({ KeyId: key }), options),
      )
      const { Operation: operation, Timestamp: at } = answer.KeyLastUsage ?? {}
      return {
        ...stampOf("trackedSince", answer.TrackingStartDate),
        ...(operation === undefined || at === undefined ? {} : { last: { operation, at: isoStamp(at.getTime()) } }),
      }
    },
    async keysIn(region) {
      const entries = await everyPage(async (Marker) => {
        const page = await call(named("ListKeys", region, `the keys in ${region}`), (options) =>
          kms(region).send(new ListKeysCommand({ Limit: 1000, ...(Marker === undefined ? {} : { Marker }) }), options),
        )
        return { items: page.Keys, next: page.Truncated === true ? page.NextMarker : undefined }
      })
      return entries.flatMap(({ KeyArn: arn }) => (arn === undefined ? [] : [arn as KeyArn]))
    },
    async aliasesIn(region) {
      const entries = await everyPage(async (Marker) => {
        const page = await call(named("ListAliases", region, `the aliases in ${region}`), (options) =>
          kms(region).send(
            new ListAliasesCommand({ Limit: 100, ...(Marker === undefined ? {} : { Marker }) }),
            options,
          ),
        )
        return { items: page.Aliases, next: page.Truncated === true ? page.NextMarker : undefined }
      })
      return entries.flatMap(({ AliasName: alias, TargetKeyId: keyId }) =>
        alias === undefined || keyId === undefined ? [] : [{ alias, keyId }],
      )
    },
  }
}

/** A date of the SDK under a name of ours, or nothing. */
const stampOf = <Name extends string>(name: Name, date: Date | undefined): { [K in Name]?: string } =>
  date === undefined ? {} : ({ [name]: isoStamp(date.getTime()) } as { [K in Name]?: string })

function materialOf(entry: RotationsListEntry, key: KeyArn): KeyMaterial {
  const { KeyMaterialId: id, KeyMaterialState: state, RotationDate: at, RotationType: type = "" } = entry
  if (id === undefined || state === undefined) throw incomplete("kms:ListKeyRotations", key)
  return {
    id,
    state,
    ...(at === undefined ? {} : { rotation: { at: isoStamp(at.getTime()), type } }),
    ...(entry.ImportState === undefined ? {} : { importState: entry.ImportState }),
    ...stampOf("expiresAt", entry.ValidTo),
    ...(entry.KeyMaterialDescription === undefined ? {} : { description: entry.KeyMaterialDescription }),
  }
}

function grantOf(entry: GrantListEntry, key: KeyArn): Grant {
  const grantee = entry.GranteePrincipal ?? entry.GranteeServicePrincipal
  const retiring = entry.RetiringPrincipal ?? entry.RetiringServicePrincipal
  if (entry.GrantId === undefined || grantee === undefined) throw incomplete("kms:ListGrants", key)
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = entry.Constraints ?? {}
  const constraints = {
    ...(EncryptionContextEquals === undefined ? {} : { encryptionContextEquals: EncryptionContextEquals }),
    ...(EncryptionContextSubset === undefined ? {} : { encryptionContextSubset: EncryptionContextSubset }),
    ...(SourceArn === undefined ? {} : { sourceArn: SourceArn }),
  }
  return {
    id: entry.GrantId,
    ...(entry.Name === undefined || entry.Name === "" ? {} : { name: entry.Name }),
    keyArn: key,
    grantee,
    ...(retiring === undefined ? {} : { retiring }),
    operations: entry.Operations ?? [],
    ...(entry.CreationDate === undefined ? {} : { creationDate: isoStamp(entry.CreationDate.getTime()) }),
    ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
  }
}
