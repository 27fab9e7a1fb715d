import { bucketArn, formatArn, objectArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedAccount } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"

/** A bucket with the prefix below which the estate's objects lie. */
export interface Place {
  readonly bucket: string
  readonly prefix: string
}

/** Key ids are not in dr.yaml: keys of the own account are named by their alias, foreign ones by Region and condition. */
export const keysIn = (account: ResolvedAccount, region: RegionName): string =>
  formatArn({ partition: partitionOf(region), service: "kms", region, account: account.id, resource: "key/*" })

export const byAlias = (aliases: readonly string[]) => ({
  "ForAnyValue:StringEquals": { "kms:ResourceAliases": aliases },
})

export const bucketArns = (names: readonly string[], region: RegionName): string[] =>
  unique(names).map((name) => bucketArn(name, partitionOf(region)))

export const objectArns = (places: readonly Place[], region: RegionName): string[] =>
  unique(places.map(({ bucket, prefix }) => objectArn(bucket, `${prefix}*`, partitionOf(region))))

export const unique = <T>(list: readonly T[]): T[] => [...new Set(list)]
