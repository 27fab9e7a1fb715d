import { IAM } from "@aws-sdk/client-iam"
import { KMS } from "@aws-sdk/client-kms"
import { Organizations } from "@aws-sdk/client-organizations"
import { S3 } from "@aws-sdk/client-s3"
import { STS } from "@aws-sdk/client-sts"
import { startSandbox, type Sandbox, type SandboxOptions } from "../../../../src/sandbox/index.ts"
import { signedCall, type Answer, type Credentials } from "../../../sandbox/support/signed-client.ts"

/**
 * What Terraform's AWS provider sends, resource by resource, in the order in which 5.100 was seen to send it: create,
 * wait, read back, change, wait, read, delete, and read what is gone. Every step must let the provider go on.
 */
export const WORKLOAD = "111111111111"
export const MANAGEMENT = "333333333333"
export const ROOT = `arn:aws:iam::${WORKLOAD}:root`

export interface Clients {
  readonly kms: KMS
  readonly second: KMS
  readonly s3: S3
  readonly iam: IAM
  readonly sts: STS
  readonly organizations: Organizations
  /** S3 Control; its client is no dependency. `path` below /v20180820. */
  control(method: string, path: string, more?: { query?: Record<string, string>; body?: string }): Promise<Answer>
}

export interface Estate extends Clients {
  readonly sandbox: Sandbox
  /** The same services as somebody else. */
  as(credentials: Credentials): Clients
  close(): Promise<void>
}

export async function startEstate(options: Partial<SandboxOptions> = {}): Promise<Estate> {
  const sandbox = await startSandbox({
    accounts: [
      { id: WORKLOAD, name: "workload" },
      { id: MANAGEMENT, name: "management" },
    ],
    organization: { id: "o-sandbox1234", managementAccount: MANAGEMENT },
    ...options,
  })
  const opened: Array<{ destroy(): void }> = []
  const as = (credentials: Credentials, managing = credentials): Clients => {
    const common = { endpoint: sandbox.endpoint, ignoreConfiguredEndpointUrls: true, maxAttempts: 1 }
    const here = { ...common, region: "eu-central-1", credentials }
    const clients = {
      kms: new KMS(here),
      second: new KMS({ ...here, region: "eu-west-1" }),
      s3: new S3({ ...here, forcePathStyle: true }),
      iam: new IAM(here),
      sts: new STS(here),
      organizations: new Organizations({ ...here, credentials: managing }),
    }
    opened.push(...Object.values(clients))
    const control: Clients["control"] = (method, path, { query = {}, body = "" } = {}) => {
      const headers = { "x-amz-account-id": WORKLOAD }
      const wanted = { method, path: `/v20180820${path}`, query, body, headers }
      return signedCall({ port: sandbox.port, credentials, service: "s3", ...wanted })
    }
    return { ...clients, control }
  }
  return {
    sandbox,
    as,
    ...as(sandbox.credentialsFor(WORKLOAD), sandbox.credentialsFor(MANAGEMENT)),
    async close() {
      for (const client of opened) client.destroy()
      await sandbox.close()
    },
  }
}

/** The provider's waiter: reads until the answer holds `times` in a row, a virtual second between two reads. */
export async function settled({ sandbox }: Estate, read: () => Promise<boolean | undefined>, times = 1): Promise<void> {
  let held = 0
  for (let turn = 0; turn < 60; turn++) {
    held = (await read()) === true ? held + 1 : 0
    if (held === times) return
    sandbox.clock.advance(1000)
  }
  throw new Error("never settled")
}

/** Every item of a list that comes in pages. */
export async function everyPage<Item>(
  read: (marker: string | undefined) => Promise<{ items: Item[] | undefined; next: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = []
  let marker: string | undefined
  do {
    const page = await read(marker)
    all.push(...(page.items ?? []))
    marker = page.next
  } while (marker !== undefined)
  return all
}

/** Policies are compared by what they say, not by their text. */
export const saysTheSame = (text: string | undefined, wanted: object): boolean =>
  text !== undefined && JSON.stringify(JSON.parse(text)) === JSON.stringify(wanted)

/** The error's name, by which the provider decides; "" when the call succeeded. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => "",
    (error: Error) => error.name,
  )
}
