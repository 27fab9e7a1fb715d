import { execFile, execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"

/** Clients that we did not write, against the sandbox. Absent ones are skipped, and say so. */
const run = promisify(execFile)
const works = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: "ignore" })
    return true
  } catch {
    process.stderr.write(
      `SKIPPED: ${command} ${args.join(" ")} does not work here: external conformance is not tested with it\n`,
    )
    return false
  }
}

const ROLE = "arn:aws:iam::222222222222:role/dr-recovery"
let sandbox: Sandbox
let folder: string
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-external-"))
  sandbox = await startSandbox({
    accounts: [
      { id: "111111111111", name: "workload" },
      { id: "222222222222", name: "recovery" },
      { id: "333333333333", name: "management" },
    ],
    organization: { id: "o-example12345", managementAccount: "333333333333" },
    roles: [
      {
        arn: ROLE,
        trust: {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "sts:AssumeRole" },
          ],
        },
      },
    ],
    replicaDelayMs: 0,
  })
  env = credentials("111111111111")
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

function credentials(account: string): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(account)
  const { AWS_PROFILE: _profile, AWS_SESSION_TOKEN: _token, ...rest } = process.env
  return {
    ...rest,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: "eu-central-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  }
}
const aws = async (args: string[], as = env): Promise<string> =>
  (await run("aws", ["--endpoint-url", sandbox.endpoint, "--output", "json", ...args], { env: as })).stdout
const json = async (args: string[], as = env): Promise<Record<string, never>> =>
  JSON.parse(await aws(args, as)) as Record<string, never>

const CLI = works("aws", "--version")
describe.runIf(CLI)("the AWS CLI", () => {
  it("creates, uses and replicates a key", async () => {
    const key = ((await json(["kms", "create-key", "--multi-region"])) as unknown as { KeyMetadata: { Arn: string } })
      .KeyMetadata.Arn
    const plain = join(folder, "plain")
    writeFileSync(plain, "hello")
    const sealed = (
      (await json(["kms", "encrypt", "--key-id", key, "--plaintext", `fileb://${plain}`])) as unknown as {
        CiphertextBlob: string
      }
    ).CiphertextBlob
    const blob = join(folder, "blob")
    writeFileSync(blob, Buffer.from(sealed, "base64"))
    await aws(["kms", "replicate-key", "--key-id", key, "--replica-region", "eu-west-1"])
    const opened = (await json([
      "kms",
      "decrypt",
      "--ciphertext-blob",
      `fileb://${blob}`,
      "--region",
      "eu-west-1",
    ])) as unknown as { Plaintext: string }
    expect(Buffer.from(opened.Plaintext, "base64").toString()).toBe("hello")
  }, 60_000)

  it("copies files in and out under SSE-KMS", async () => {
    const key = ((await json(["kms", "create-key"])) as unknown as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn
    const file = join(folder, "in")
    writeFileSync(file, Buffer.alloc(300_000, "abc"))
    await aws(["s3", "mb", "s3://external-cli"])
    await aws(["s3", "cp", file, "s3://external-cli/ü c+d%.txt", "--sse", "aws:kms", "--sse-kms-key-id", key])
    const head = (await json([
      "s3api",
      "head-object",
      "--bucket",
      "external-cli",
      "--key",
      "ü c+d%.txt",
    ])) as unknown as { ContentLength: number; SSEKMSKeyId: string }
    expect(head).toMatchObject({ ContentLength: 300_000, SSEKMSKeyId: key })
    await aws(["s3", "cp", "s3://external-cli/ü c+d%.txt", join(folder, "out")])
    expect(readFileSync(join(folder, "out")).equals(readFileSync(file))).toBe(true)
  }, 60_000)

  it("assumes a role in another account and lists the organisation", async () => {
    const assumed = (await json([
      "sts",
      "assume-role",
      "--role-arn",
      ROLE,
      "--role-session-name",
      "external",
    ])) as unknown as { AssumedRoleUser: { Arn: string } }
    expect(assumed.AssumedRoleUser.Arn).toBe("arn:aws:sts::222222222222:assumed-role/dr-recovery/external")
    const accounts = (await json(["organizations", "list-accounts"], credentials("333333333333"))) as unknown as {
      Accounts: Array<{ Id: string }>
    }
    expect(accounts.Accounts.map((account) => account.Id).sort()).toEqual([
      "111111111111",
      "222222222222",
      "333333333333",
    ])
  }, 60_000)

  it("is told in AWS's words what is wrong", async () => {
    await expect(aws(["kms", "describe-key", "--key-id", "fake-key-id"])).rejects.toThrow(
      /NotFoundException.*Invalid keyId 'fake-key-id'/,
    )
    await expect(aws(["sts", "get-caller-identity"], { ...env, AWS_SECRET_ACCESS_KEY: "wrong" })).rejects.toThrow(
      /SignatureDoesNotMatch/,
    )
  }, 60_000)
})

const trustOf = (AWS: string): string => document({ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" })
const document = (statement: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [statement] })

/** From the first policy to the event that shows the denial. */
describe.runIf(CLI)("a policy story with the AWS CLI", () => {
  const READER = "arn:aws:sts::111111111111:assumed-role/reader/story"
  const management = (): NodeJS.ProcessEnv => credentials("333333333333")

  interface Sealed {
    readonly key: string
    /** Of a file with the ciphertext. */
    readonly blob: string
  }
  async function seal(name: string): Promise<Sealed> {
    const key = ((await json(["kms", "create-key"])) as unknown as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn
    const [plain, blob] = [join(folder, `plain-${name}`), join(folder, `blob-${name}`)]
    writeFileSync(plain, name)
    const encrypted = await json(["kms", "encrypt", "--key-id", key, "--plaintext", `fileb://${plain}`])
    writeFileSync(blob, Buffer.from((encrypted as unknown as { CiphertextBlob: string }).CiphertextBlob, "base64"))
    return { key, blob: `fileb://${blob}` }
  }
  async function becomeReader(mayDecrypt: string): Promise<NodeJS.ProcessEnv> {
    const role = ["--role-name", "reader"]
    const trust = trustOf("arn:aws:iam::111111111111:root")
    await aws(["iam", "create-role", ...role, "--assume-role-policy-document", trust])
    const policy = document({ Effect: "Allow", Action: "kms:Decrypt", Resource: mayDecrypt })
    await aws(["iam", "put-role-policy", ...role, "--policy-name", "read", "--policy-document", policy])
    const RoleArn = "arn:aws:iam::111111111111:role/reader"
    const { Credentials: session } = (await json([
      "sts",
      "assume-role",
      "--role-arn",
      RoleArn,
      "--role-session-name",
      "story",
    ])) as unknown as { Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string } }
    return {
      ...env,
      AWS_ACCESS_KEY_ID: session.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: session.SecretAccessKey,
      AWS_SESSION_TOKEN: session.SessionToken,
    }
  }

  it("lets a role decrypt under its key, refuses the other in AWS's words, and shows both in CloudTrail", async () => {
    const [own, other] = [await seal("own"), await seal("other")]
    const reader = await becomeReader(own.key)
    const decrypt = (blob: string, ...more: string[]): Promise<string> =>
      aws(["kms", "decrypt", "--ciphertext-blob", blob, ...more], reader)
    const opened = JSON.parse(await decrypt(own.blob)) as { Plaintext: string }
    expect(Buffer.from(opened.Plaintext, "base64").toString()).toBe("own")
    const because = "because no identity-based policy allows the kms:Decrypt action"
    const refused = `(AccessDeniedException) when calling the Decrypt operation: User: ${READER} is not authorized to perform: kms:Decrypt on`
    await expect(decrypt(other.blob)).rejects.toThrow(
      `${refused} the resource associated with this ciphertext ${because}`,
    )
    await expect(decrypt(other.blob, "--key-id", other.key)).rejects.toThrow(
      `${refused} resource: ${other.key} ${because}`,
    )
    const { Events } = (await json([
      "cloudtrail",
      "lookup-events",
      "--lookup-attributes",
      "AttributeKey=Username,AttributeValue=story",
    ])) as unknown as { Events: Array<{ EventName: string; CloudTrailEvent: string }> }
    const records = Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as Record<string, unknown>)
    expect(records.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
      ["Decrypt", "AccessDeniedException"],
      ["Decrypt", "AccessDeniedException"],
      ["Decrypt", undefined],
    ])
    expect(records[0]?.["errorMessage"]).toContain(because)
  }, 120_000)

  it("keeps keys from deletion by a policy of the organisation, until it is detached", async () => {
    const { key } = await seal("guarded")
    const organizations = (...args: string[]): Promise<Record<string, never>> =>
      json(["organizations", ...args], management())
    const { Roots } = (await organizations("list-roots")) as unknown as { Roots: Array<{ Id: string }> }
    const type = ["--policy-type", "SERVICE_CONTROL_POLICY"]
    await organizations("enable-policy-type", "--root-id", Roots[0]?.Id ?? "", ...type)
    const content = document({ Effect: "Deny", Action: "kms:ScheduleKeyDeletion", Resource: "*" })
    const made = ["--name", "keep-keys", "--description", "", "--type", "SERVICE_CONTROL_POLICY", "--content", content]
    const { Policy } = (await organizations("create-policy", ...made)) as unknown as {
      Policy: { PolicySummary: { Id: string } }
    }
    const attachment = ["--policy-id", Policy.PolicySummary.Id, "--target-id", "111111111111"]
    await aws(["organizations", "attach-policy", ...attachment], management())
    const remove = ["kms", "schedule-key-deletion", "--key-id", key, "--pending-window-in-days", "7"]
    await expect(aws(remove)).rejects.toThrow(
      `is not authorized to perform: kms:ScheduleKeyDeletion on resource: ${key} with an explicit deny in a service control policy`,
    )
    await aws(["organizations", "detach-policy", ...attachment], management())
    expect(await json(remove)).toMatchObject({ KeyState: "PendingDeletion" })
  }, 120_000)
})

const BOTO3 = `
import boto3, sys
from botocore.config import Config
s3 = boto3.client("s3", endpoint_url=sys.argv[1], config=Config(s3={"addressing_style": "path"}))
s3.create_bucket(Bucket="external-boto", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
class Stream:
    def __init__(self, n): self.left = n
    def read(self, n=-1):
        n = self.left if n < 0 else min(n, self.left); self.left -= n; return b"x" * n
s3.upload_fileobj(Stream(300000), "external-boto", "stream")
s3.put_object(Bucket="external-boto", Key="a//b/../c", Body=b"dots")
print(s3.head_object(Bucket="external-boto", Key="stream")["ContentLength"])
print(s3.get_object(Bucket="external-boto", Key="a//b/../c")["Body"].read().decode())
print(",".join(o["Key"] for o in s3.list_objects_v2(Bucket="external-boto")["Contents"]))
`
describe.runIf(works("python3", "-c", "import boto3"))("boto3", () => {
  it("streams, keeps dots in keys, and lists", async () => {
    const { stdout } = await run("python3", ["-c", BOTO3, sandbox.endpoint], { env })
    expect(stdout.trim().split("\n")).toEqual(["300000", "dots", "a//b/../c,stream"])
  }, 60_000)
})
