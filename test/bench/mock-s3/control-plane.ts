import type { Asked } from "./asked.ts"
import { answer, type Answer } from "./answer.ts"

/** What dr and the peers ask besides objects: who am I, a role, a key. Accounts travel in the access key id. */
export function controlPlane(asked: Asked): Answer | undefined {
  const { body } = asked
  const target = asked.header("x-amz-target")
  if (target !== "") return kms(target.split(".")[1] ?? "", body)
  const form = new URLSearchParams(body)
  switch (form.get("Action")) {
    case "GetCallerIdentity":
      return sts("GetCallerIdentity", identity(asked.header("authorization")))
    case "AssumeRole":
      return sts("AssumeRole", assumed(form.get("RoleArn") ?? "", form.get("RoleSessionName") ?? ""))
    default:
      return undefined
  }
}

const DEFAULT_ACCOUNT = "111111111111"

function identity(authorization: string): string {
  const account = /Credential=ASIA(\d{12})/.exec(authorization)?.[1] ?? DEFAULT_ACCOUNT
  return `<Arn>arn:aws:sts::${account}:assumed-role/bench/bench</Arn><UserId>AROABENCH:bench</UserId><Account>${account}</Account>`
}

function assumed(role: string, session: string): string {
  const account = role.split(":")[4] ?? DEFAULT_ACCOUNT
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const name = role.slice(role.lastIndexOf("/") + 1)
  return [
    `<AssumedRoleUser><AssumedRoleId>AROABENCH:${session}</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/${name}/${session}</Arn></AssumedRoleUser>`,
    `<Credentials><AccessKeyId>ASIA${account}BENCH</AccessKeyId><SecretAccessKey>bench</SecretAccessKey><SessionToken>bench</SessionToken><Expiration>${until}</Expiration></Credentials>`,
  ].join("")
}

function sts(action: string, result: string): Answer {
  return answer(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>bench</RequestId></ResponseMetadata></${action}Response>`,
  )
}

function kms(operation: string, body: string): Answer {
  const { KeyId = "" } = JSON.parse(body || "{}") as { KeyId?: string }
  const [, , , region = "eu-west-1", account = DEFAULT_ACCOUNT] = KeyId.split(":")
  const arn = /:key\//.test(KeyId) ? KeyId : `arn:aws:kms:${region}:${account}:key/${KEY_ID}`
  const meta = {
    KeyMetadata: {
      AWSAccountId: account,
      KeyId: arn.split("/")[1],
      Arn: arn,
      KeyState: "Enabled",
      Enabled: true,
      KeyUsage: "ENCRYPT_DECRYPT",
      KeySpec: "SYMMETRIC_DEFAULT",
      KeyManager: "CUSTOMER",
      Origin: "AWS_KMS",
      MultiRegion: false,
      CreationDate: 1_700_000_000,
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    },
  }
  return answer(JSON.stringify(operation === "DescribeKey" ? meta : {}), { type: "application/x-amz-json-1.1" })
}

export const KEY_ID = "11111111-2222-4333-8444-555555555555"
