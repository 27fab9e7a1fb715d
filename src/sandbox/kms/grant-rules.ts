import type { Grant } from "../../access/grants.ts"
import type { EncryptionContext } from "../core/world.ts"
import type { WantedGrant } from "./grant-input.ts"
import { contextFacts, type Facts } from "./key-facts.ts"
import { KEY_SPECS, type KeySpec } from "./key-spec.ts"

const ALWAYS = ["CreateGrant", "DescribeKey", "RetireGrant"]
const SYMMETRIC = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
]
const MAC = ["GenerateMac", "VerifyMac"]

/** Undefined = the key can do all of it. */
export function foreignOperation(operations: readonly string[], spec: KeySpec): string | undefined {
  const own = KEY_SPECS[spec].mac === undefined ? SYMMETRIC : MAC
  return operations.find((each) => !ALWAYS.includes(each) && !own.includes(each))
}

export const bindsContext = ({ constraints }: WantedGrant): boolean =>
  constraints?.encryptionContextEquals !== undefined || constraints?.encryptionContextSubset !== undefined

/** May the new grant be made through `parent`? Only if it gives no more, under constraints at least as strict. */
export function covers(parent: Grant, child: WantedGrant): boolean {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = parent.constraints ?? {}
  const wanted = child.constraints ?? {}
  return (
    child.operations.every((each) => parent.operations.includes(each)) &&
    (equals === undefined || sameContext(equals, wanted.encryptionContextEquals)) &&
    (subset === undefined ||
      includesContext(wanted.encryptionContextEquals, subset) ||
      includesContext(wanted.encryptionContextSubset, subset)) &&
    (sourceArn === undefined || sourceArn === wanted.sourceArn)
  )
}

const includesContext = (whole: EncryptionContext | undefined, part: EncryptionContext): boolean =>
  whole !== undefined && Object.entries(part).every(([name, value]) => whole[name] === value)

const sameContext = (one: EncryptionContext, other: EncryptionContext | undefined): boolean =>
  includesContext(other, one) && Object.keys(one).length === Object.keys(other ?? {}).length

/** The condition keys of CreateGrant. No service makes grants here, so none is for an AWS resource. */
export function grantFacts(wanted: WantedGrant): Facts {
  const facts: Facts = {
    ...NOT_FOR_A_SERVICE,
    ...constraintFacts(wanted),
    "kms:GrantOperations": wanted.operations,
    "kms:GranteePrincipal": wanted.grantee,
  }
  if (wanted.retiring !== undefined) facts["kms:RetiringPrincipal"] = wanted.retiring
  return facts
}

export const NOT_FOR_A_SERVICE: Facts = { "kms:GrantIsForAWSResource": "false" }

/** The constraint's encryption context counts as the request's. Source: KMS conditions-kms. */
export function constraintFacts({ constraints }: Pick<Grant, "constraints">): Facts {
  if (constraints === undefined) return {}
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = constraints
  const types = [
    ...(encryptionContextEquals === undefined ? [] : ["EncryptionContextEquals"]),
    ...(encryptionContextSubset === undefined ? [] : ["EncryptionContextSubset"]),
    ...(sourceArn === undefined ? [] : ["SourceArn"]),
  ]
  return {
    ...contextFacts({ ...encryptionContextSubset, ...encryptionContextEquals }),
    "kms:GrantConstraintType": types.length === 1 ? (types[0] ?? "") : types,
  }
}
