import { aliasArn, keyIdOf, parseArn, tryParseArn } from "../../access/arn.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { BucketName, RegionName } from "../../kernel/brands.ts"
import { isBucketName } from "../../kernel/brands.ts"
import { display } from "../../kernel/display.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { nearest } from "../../kernel/nearest.ts"
import type { Asked, End, Key, Way } from "./way.ts"

type Dataset = ResolvedEnvironment["datasets"][number]

/** One end of a way, with the dataset that it belongs to. */
interface Known {
  readonly end: End
  readonly dataset?: Dataset
  readonly side: "workload" | "recovery"
}

/**
 * From what was typed to what is meant, in the order of restoring. Pure: nothing is looked up.
 * @throws DrError E_NO_SOURCE, E_NO_DESTINATION, E_NO_KEY, E_USAGE (64), each with what there is
 */
export function resolveWays(environment: ResolvedEnvironment, asked: Asked): Way[] {
  const ways = sourcesOf(environment, asked).map((source) => wayFrom(environment, source, asked))
  for (const [at, way] of ways.entries())
    for (const other of ways.slice(at + 1))
      if (sameEnd(way.destination, other.destination)) throw sameTarget(way, other)
  return ways
}

const sameTarget = (way: Way, other: Way): DrError =>
  usage(
    `${way.name} and ${other.name} would both be restored to ${display(uriOf(way.destination))}: same names would meet`,
    `one after the other: --from ${way.name} --to ${uriOf({ ...way.destination, prefix: `${way.destination.prefix}${way.name}/` })}`,
  )

function wayFrom(environment: ResolvedEnvironment, source: Known, asked: Asked): Way {
  const destination = destinationOf(environment, source, asked)
  const inPlace = sameEnd(source.end, destination.end)
  const operation = inPlace && !asked.freshDataKeys ? "rekey" : "copy"
  const mode = asked.mode ?? { kind: operation === "rekey" ? "all" : "current" }
  const key = keyFor(environment, source, destination, inPlace, asked.key)
  mustBePossible({ source: source.end, destination: destination.end, operation, inPlace, mode, key })
  const { dataset } = source
  return {
    name: dataset === undefined || !isWhole(source) ? uriOf(source.end) : dataset.name,
    operation,
    source: source.end,
    destination: destination.end,
    key,
    mode,
    hotSet: dataset?.hotSet ?? "all",
    ...sourceKeyOf(environment, source),
    actor: destination.end.account,
    replacesItself: inPlace && operation === "copy",
  }
}

const sameEnd = (a: End, b: End): boolean => a.bucket === b.bucket && a.prefix === b.prefix
export const uriOf = ({ bucket, prefix }: Pick<End, "bucket" | "prefix">): string => `s3://${bucket}/${prefix}`

/** The whole dataset, not a prefix within. */
function isWhole({ dataset, side, end }: Known): boolean {
  if (dataset === undefined) return false
  return end.prefix === (side === "workload" ? dataset.prefix : dataset.recoveryPrefix)
}

function sourcesOf(environment: ResolvedEnvironment, { from, to }: Asked): Known[] {
  if (/^s3:|:\/\//i.test(from)) return [knownPlace(environment, from)]
  const side = to === "workload" ? "recovery" : "workload"
  if (from === "all") return environment.datasets.map((dataset) => sideOf(environment, dataset, side))
  const dataset = environment.datasets.find(({ name }) => name === from)
  if (dataset === undefined) throw noDataset(environment, from)
  return [sideOf(environment, dataset, side)]
}

function sideOf(environment: ResolvedEnvironment, dataset: Dataset, side: Known["side"]): Known {
  const end: End =
    side === "workload"
      ? {
          bucket: dataset.bucket,
          prefix: dataset.prefix,
          account: environment.workload,
          region: environment.primaryRegion,
        }
      : {
          bucket: dataset.recoveryBucket,
          prefix: dataset.recoveryPrefix,
          account: environment.recovery,
          region: environment.recoveryRegion,
        }
  return { end, dataset, side }
}

/** Every bucket that dr.yaml names, as the dataset with the longest prefix above the one given. */
function knownPlace(environment: ResolvedEnvironment, uri: string): Known {
  const { bucket, prefix } = placeOf(uri, "--from")
  const sides = environment.datasets.flatMap((dataset) =>
    (["workload", "recovery"] as const).map((side) => sideOf(environment, dataset, side)),
  )
  const own = sides.filter(({ end }) => end.bucket === bucket)
  const [first] = own
  if (first === undefined) throw noBucket(bucket, [...new Set(sides.map(({ end }) => end.bucket))])
  const above = own
    .filter(({ end }) => prefix.startsWith(end.prefix))
    .toSorted((a, b) => b.end.prefix.length - a.end.prefix.length)[0]
  const end = { ...first.end, prefix }
  return above === undefined ? { end, side: first.side } : { ...above, end }
}

function destinationOf(environment: ResolvedEnvironment, source: Known, { to, key }: Asked): Known {
  if (to === "in-place") return source
  if (to !== undefined && /^s3:|:\/\//i.test(to)) return destinationAt(environment, to, key)
  if (to !== undefined && to !== "recovery" && to !== "workload") throw badDestination(to)
  const side = to ?? (source.side === "workload" ? "recovery" : "workload")
  const { dataset } = source
  if (dataset === undefined || side === source.side) throw noCounterpart(source, side)
  const other = sideOf(environment, dataset, side)
  const own = source.side === "workload" ? dataset.prefix : dataset.recoveryPrefix
  return { ...other, end: { ...other.end, prefix: other.end.prefix + source.end.prefix.slice(own.length) } }
}

/** A bucket that dr.yaml does not know belongs to whoever has the key, in the key's Region. */
function destinationAt(environment: ResolvedEnvironment, to: string, key: string | undefined): Known {
  const { bucket, prefix } = placeOf(to, "--to")
  const { workload, recovery, primaryRegion, recoveryRegion, datasets, scratch } = environment
  if (datasets.some((dataset) => dataset.bucket === bucket))
    return { end: { bucket, prefix, account: workload, region: primaryRegion }, side: "workload" }
  if (bucket === scratch.bucket || datasets.some((dataset) => dataset.recoveryBucket === bucket))
    return { end: { bucket, prefix, account: recovery, region: recoveryRegion }, side: "recovery" }
  const parsed = key === undefined ? undefined : tryParseArn(key)
  const ofWorkload = parsed === undefined ? key === "workload" : parsed.account === workload.id
  const account = ofWorkload ? workload : recovery
  if (parsed !== undefined && parsed.account !== account.id) throw foreignKey(parsed.account, environment)
  const region = (parsed?.region as RegionName | undefined) ?? (ofWorkload ? primaryRegion : recoveryRegion)
  return { end: { bucket, prefix, account, region }, side: ofWorkload ? "workload" : "recovery" }
}

function keyFor(
  environment: ResolvedEnvironment,
  source: Known,
  { end, side }: Known,
  inPlace: boolean,
  asked: string | undefined,
): string {
  if (asked?.startsWith("alias/")) return aliasArn(end.region, end.account.id, asked)
  if (asked?.startsWith("arn:")) return keyByArn(asked, end)
  if (asked !== undefined && asked !== "recovery" && asked !== "workload") throw badKey(asked)
  if (asked === undefined && inPlace) throw noKey("re-keying in place needs the key that it is done under")
  const spec = keySpecOf(environment, source.dataset)
  if (spec === undefined) throw noKey(`no dataset of dr.yaml says which key belongs to ${uriOf(end)}`)
  const recovery = (asked ?? side) === "recovery"
  const account: ResolvedAccount = recovery ? environment.recovery : environment.workload
  return aliasArn(end.region, account.id, recovery ? spec.recovery.alias : spec.alias)
}

function keyByArn(asked: string, { region }: End): string {
  const parsed = tryParseArn(asked)
  if (parsed?.service !== "kms" || (keyIdOf(asked) === undefined && !parsed.resource.startsWith("alias/")))
    throw badKey(asked)
  if (parsed.region === region) return asked
  throw new DrError({
    code: "E_NO_KEY",
    exit: EXIT.usage,
    message: `--key ${display(asked)} lies in ${display(parsed.region)}, the destination in ${region}: S3 takes only a key of its own Region`,
    hints: ["a replica of a multi-Region key, or another key there"],
  })
}

const keySpecOf = (environment: ResolvedEnvironment, dataset: Dataset | undefined): Key | undefined =>
  dataset === undefined ? undefined : environment.keys.find(({ name }) => name === dataset.key)

function sourceKeyOf(environment: ResolvedEnvironment, { dataset, side, end }: Known): { sourceKey?: string } {
  const spec = keySpecOf(environment, dataset)
  if (spec === undefined) return {}
  return { sourceKey: aliasArn(end.region, end.account.id, side === "recovery" ? spec.recovery.alias : spec.alias) }
}

interface Wanted {
  readonly source: End
  readonly destination: End
  readonly operation: Way["operation"]
  readonly inPlace: boolean
  readonly mode: Way["mode"]
  readonly key: string
}

function mustBePossible({ source, destination, operation, inPlace, mode, key }: Wanted): void {
  const owner = parseArn(key).account
  if (operation === "rekey" && owner !== source.account.id)
    throw usage(
      `s3:UpdateObjectEncryption takes only a key of the bucket's account ${source.account.id}, not of ${owner}`,
      "copy instead: --to recovery or --to s3://BUCKET/PREFIX",
    )
  if (inPlace && operation === "copy" && mode.kind !== "current")
    throw usage(
      "with fresh data keys in place each copy becomes the newest version: only --mode current can be copied onto itself",
      "older versions need another destination: --to s3://BUCKET/PREFIX --mode all",
    )
  if (!inPlace && source.bucket === destination.bucket && overlaps(source.prefix, destination.prefix))
    throw usage(
      `${uriOf(source)} and ${uriOf(destination)} overlap: a run would copy its own copies`,
      "choose a prefix beside the source, or --to in-place",
    )
}

const overlaps = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a)

/** @throws DrError E_USAGE (64) for what is no `s3://bucket/prefix` */
function placeOf(uri: string, flag: string): { bucket: BucketName; prefix: string } {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(uri) ?? []
  if (isBucketName(bucket)) return { bucket, prefix }
  throw usage(`${flag} ${display(uri)}: expected s3://BUCKET/PREFIX`, `${flag} s3://example-bucket/prefix/`)
}

const usage = (message: string, hint: string): DrError =>
  new DrError({ code: "E_USAGE", exit: EXIT.usage, message, hints: [hint] })

function noDataset(environment: ResolvedEnvironment, from: string): DrError {
  const names = environment.datasets.map(({ name }) => name)
  const meant = nearest(from, [...names, "all"])
  return new DrError({
    code: "E_NO_SOURCE",
    exit: EXIT.usage,
    message: `--from ${display(from)}: ${environment.name} has no such dataset; it has ${names.join(", ")}`,
    hints: [meant === undefined ? "--from all, or --from s3://BUCKET/PREFIX" : `--from ${meant}`],
  })
}

function noBucket(bucket: string, names: readonly string[]): DrError {
  const meant = nearest(bucket, names)
  return new DrError({
    code: "E_NO_SOURCE",
    exit: EXIT.usage,
    message: `no dataset of dr.yaml lies in ${bucket}, so nobody says who owns it; known are ${names.join(", ")}`,
    hints: [meant === undefined ? "add it to datasets in dr.yaml" : `--from s3://${meant}/`],
  })
}

const badDestination = (to: string): DrError =>
  new DrError({
    code: "E_NO_DESTINATION",
    exit: EXIT.usage,
    message: `--to ${display(to)}: expected recovery, workload, in-place or s3://BUCKET/PREFIX`,
    hints: [`--to ${nearest(to, ["recovery", "workload", "in-place"]) ?? "recovery"}`],
  })

function noCounterpart({ end, side, dataset }: Known, wanted: Known["side"]): DrError {
  const why =
    dataset === undefined
      ? `no dataset of dr.yaml covers ${display(uriOf(end))}`
      : `${display(uriOf(end))} is the ${side} side of ${dataset.name} already`
  return new DrError({
    code: "E_NO_DESTINATION",
    exit: EXIT.usage,
    message: `no ${wanted} side to restore to: ${why}`,
    hints: ["--to s3://BUCKET/PREFIX", "--to in-place"],
  })
}

function foreignKey(account: string, { workload, recovery }: ResolvedEnvironment): DrError {
  return new DrError({
    code: "E_NO_KEY",
    exit: EXIT.usage,
    message: `--key lies in account ${display(account)}; the environment has ${workload.id} and ${recovery.id}`,
  })
}

const badKey = (key: string): DrError =>
  noKey(`--key ${display(key)}: expected recovery, workload, alias/NAME or a key ARN`)

const noKey = (message: string): DrError =>
  new DrError({ code: "E_NO_KEY", exit: EXIT.usage, message, hints: ["--key alias/NAME", "--key KEY_ARN"] })
