import { keyArn } from "../../access/arn.ts"
import { ask } from "../core/ask.ts"
import { ServiceError, type Call } from "../core/exchange.ts"
import type { Form } from "../protocol/query.ts"
import type { Xml } from "./xml.ts"

/** How new volumes of one account in one Region are encrypted. */
export interface EbsDefaults {
  encrypted: boolean
  /** Key or alias ARN; undefined = the AWS managed key. */
  keyArn?: string
}

/** `account/region` → what was changed there. */
export type Ec2Store = Map<string, EbsDefaults>

interface Ec2Call {
  readonly call: Call
  readonly form: Form
  readonly store: Ec2Store
}

export type Handler = (ec2: Ec2Call) => { readonly [name: string]: Xml }

const MANAGED = "alias/aws/ebs"

function defaultsOf({ call, store }: Ec2Call, action: string): EbsDefaults {
  ask(call, `ec2:${action}`)
  const key = `${call.caller.account}/${call.region}`
  const known = store.get(key) ?? { encrypted: false }
  store.set(key, known)
  return known
}

const switchTo =
  (action: string, encrypted: boolean): Handler =>
  (ec2) => {
    defaultsOf(ec2, action).encrypted = encrypted
    return { ebsEncryptionByDefault: encrypted }
  }

const getEncryption: Handler = (ec2) => {
  const { encrypted } = defaultsOf(ec2, "GetEbsEncryptionByDefault")
  return { ebsEncryptionByDefault: encrypted, sseType: encrypted ? "sse-kms" : "none" }
}

const getKey: Handler = (ec2) => ({ kmsKeyId: defaultsOf(ec2, "GetEbsDefaultKmsKeyId").keyArn ?? MANAGED })

/** EC2 looks at the key only when a volume is made: one that does not exist is taken too. */
const modifyKey: Handler = (ec2) => {
  const given = ec2.form.get("KmsKeyId") ?? ""
  if (given === "") throw new ServiceError("MissingParameter", "The request must contain the parameter KmsKeyId")
  const defaults = defaultsOf(ec2, "ModifyEbsDefaultKmsKeyId")
  defaults.keyArn = arnOf(ec2, given)
  return { kmsKeyId: defaults.keyArn }
}

function arnOf({ call }: Ec2Call, given: string): string {
  const { world, caller, region, requestId } = call
  try {
    return world.kms.resolveKeyArn({ caller, region, viaService: `ec2.${region}.amazonaws.com`, requestId }, given)
  } catch (thrown) {
    if (!(thrown instanceof ServiceError)) throw thrown
    return given.startsWith("arn:") || given.startsWith("alias/") ? given : keyArn(region, caller.account, given)
  }
}

const resetKey: Handler = (ec2) => {
  delete defaultsOf(ec2, "ResetEbsDefaultKmsKeyId").keyArn
  return { kmsKeyId: MANAGED }
}

export const EBS_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["EnableEbsEncryptionByDefault", switchTo("EnableEbsEncryptionByDefault", true)],
  ["DisableEbsEncryptionByDefault", switchTo("DisableEbsEncryptionByDefault", false)],
  ["GetEbsEncryptionByDefault", getEncryption],
  ["GetEbsDefaultKmsKeyId", getKey],
  ["ModifyEbsDefaultKmsKeyId", modifyKey],
  ["ResetEbsDefaultKmsKeyId", resetKey],
]
