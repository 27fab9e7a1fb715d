declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** Twelve digits, leading zeros kept: never a number. */
export type AccountId = Brand<string, "AccountId">
/** `eu-central-1` */
export type RegionName = Brand<string, "RegionName">
/** Full key ARN, never an alias ARN and never a bare id. */
export type KeyArn = Brand<string, "KeyArn">
export type RoleArn = Brand<string, "RoleArn">
export type BucketName = Brand<string, "BucketName">
/** `dr-20261116T020004Z-7f3a`: sorts by time. */
export type RunId = Brand<string, "RunId">

export const isAccountId = (text: string): text is AccountId => /^\d{12}$/.test(text)
export const isRegionName = (text: string): text is RegionName => /^[a-z]{2}(-[a-z]+)+-\d$/.test(text)
export const isRunId = (text: string): text is RunId => /^dr-\d{8}T\d{6}Z-[0-9a-f]{4,8}$/.test(text)
export const isBucketName = (text: string): text is BucketName =>
  /^(?!xn--)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) && !/^\d+\.\d+\.\d+\.\d+$/.test(text)

/** `at` is wall time; `entropy` at least two bytes. Four hex digits follow the second. */
export function makeRunId(at: number, entropy: Uint8Array): RunId {
  const stamp = new Date(at)
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.\d+Z$/, "Z")
  return `dr-${stamp}-${Buffer.from(entropy).toString("hex").slice(0, 4)}` as RunId
}
