import type { RegionName } from "../../kernel/brands.ts"
import type { WantedState } from "../plan/wanted-state.ts"

/** Addresses of an export. They must never change for a key: Terraform would destroy what it knows by the old one. */
type Named = Pick<WantedState, "name" | "side" | "regions" | "origin">

const word = (text: string): string => text.replaceAll("-", "_")

export const providerName = (side: WantedState["side"], region: RegionName): string => `${side}_${word(region)}`

const keyName = ({ side, name }: Named): string => `${side}_${word(name)}`
export const placeName = (key: Named, region: RegionName): string => `${keyName(key)}_${word(region)}`

export const isPrimary = ({ regions }: Named, region: RegionName): boolean => region === regions[0]

/** Type and name of the resource that is the key in a Region. */
export function keyAddress(key: Named, region: RegionName): readonly [type: string, name: string] {
  const external = key.origin === "EXTERNAL" ? "external_" : ""
  return isPrimary(key, region)
    ? [`aws_kms_${external}key`, keyName(key)]
    : [`aws_kms_replica_${external}key`, placeName(key, region)]
}

/** `aws_kms_external_key` calls its key id just id. */
export const keyIdReference = (key: Named, region: RegionName): string => {
  const [type, name] = keyAddress(key, region)
  return `${type}.${name}.${type === "aws_kms_external_key" ? "id" : "key_id"}`
}

export const policyName = (key: Named, region: RegionName): string => `policy_${placeName(key, region)}`
export const roleVariable = (side: WantedState["side"]): string => `assume_role_${side}`
