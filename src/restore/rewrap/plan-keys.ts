import { aliasArn, parseArn, regionOf, tryParseArn } from "../../access/arn.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import { isRegionName, type KeyArn, type RegionName } from "../../kernel/brands.ts"
import { display } from "../../kernel/display.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { nearest } from "../../kernel/nearest.ts"

/** How a key may be named: `observability`, `observability:recovery`, or its full ARN. */
export interface NamedKeys {
  readonly region: RegionName
  /** ARN of a key or an alias, as DescribeKey takes it. */
  readonly from: string
  readonly to: string
}

/**
 * Both keys, in the one Region in which KMS re-encrypts.
 * @throws DrError E_KEY, E_REGION, E_TWO_REGIONS (64)
 */
export function namedKeys(
  environment: ResolvedEnvironment,
  names: { readonly from: string; readonly to: string; readonly region?: string | undefined },
): NamedKeys {
  const region = regionFor(environment, names)
  const [from, to] = [refOf(environment, names.from, region), refOf(environment, names.to, region)]
  if (from === to) throw usage("E_KEY", `--from and --to name the same key ${from}`, [])
  for (const ref of [from, to])
    if (regionOf(ref as KeyArn) !== region)
      throw usage("E_TWO_REGIONS", `${ref} is not in ${region}, and KMS re-encrypts within one Region only`, [
        "of a multi-Region key give the replica beside the other key: it opens the same ciphertexts",
      ])
  return { region, from, to }
}

function regionFor(
  { primaryRegion }: ResolvedEnvironment,
  { from, to, region }: { readonly from: string; readonly to: string; readonly region?: string | undefined },
): RegionName {
  if (region !== undefined && !isRegionName(region)) throw usage("E_REGION", `--region ${display(region)} is none`, [])
  const arn = [from, to].find((name) => tryParseArn(name)?.service === "kms")
  return region ?? (arn === undefined ? primaryRegion : regionOf(arn as KeyArn))
}

function refOf(environment: ResolvedEnvironment, name: string, region: RegionName): string {
  if (tryParseArn(name) !== undefined) {
    if (tryParseArn(name)?.service === "kms" && parseArn(name).resource.startsWith("key/")) return name
    throw usage("E_KEY", `${display(name)} is not the ARN of a key`, [])
  }
  const recovery = name.endsWith(":recovery")
  const plain = recovery ? name.slice(0, -":recovery".length) : name
  const key = environment.keys.find((each) => each.name === plain)
  if (key === undefined) {
    const names = environment.keys.map((each) => each.name)
    const near = nearest(plain, names)
    throw usage(
      "E_KEY",
      `${environment.name} has no key ${display(JSON.stringify(plain))}; it has ${names.join(", ")}`,
      [near === undefined ? "give the key's ARN, or its name in dr.yaml" : `did you mean ${near}?`],
    )
  }
  return recovery
    ? aliasArn(region, environment.recovery.id, key.recovery.alias)
    : aliasArn(region, environment.workload.id, key.alias)
}

const usage = (code: string, message: string, hints: readonly string[]): DrError =>
  new DrError({ code, exit: EXIT.usage, message, hints })
