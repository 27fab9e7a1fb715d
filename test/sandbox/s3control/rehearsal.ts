import { S3Client } from "@aws-sdk/client-s3"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, kmsClient, signedCall, type Answer, type Kms } from "../support/signed-client.ts"

export const ACCOUNT = "111111111111"
export const OTHER = "222222222222"
const REGION = "eu-central-1"
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/batch`

const trust = (Service: string, Condition?: object): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole", Condition }],
})
const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }

export interface Rehearsal {
  readonly sandbox: Sandbox
  readonly s3: S3Client
  readonly kms: Kms
  /** One call on S3 Control; `path` below /v20180820. */
  control(method: string, path: string, more?: { query?: Record<string, string>; body?: string }): Promise<Answer>
  /** The job's id. */
  start(inner: string, more?: Partial<JobParts>): Promise<string>
  describe(id: string): Promise<string>
  /** Lets the job run to its end, or until it waits for somebody. */
  settle(id: string): Promise<string>
  close(): Promise<void>
}

export interface JobParts {
  readonly source: string
  readonly report: string
  readonly role: string
  readonly token: string
  readonly confirm: boolean
}

const NO_REPORT = "<Report><Enabled>false</Enabled></Report>"

export const jobXml = (
  operation: string,
  { source = "", report = NO_REPORT, role = ROLE, token = "t", confirm = false }: Partial<JobParts>,
): string =>
  `<CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><ConfirmationRequired>${confirm}</ConfirmationRequired><Operation>${operation}</Operation>${report}<ClientRequestToken>${token}</ClientRequestToken>${source}<Description>a &amp; b</Description><Priority>10</Priority><RoleArn>${role}</RoleArn><Tags><member><Key>team</Key><Value>ops</Value></member></Tags></CreateJobRequest>`

export async function rehearse(
  options: { readonly stateDir?: string; readonly jobStepMs?: number } = {},
): Promise<Rehearsal> {
  const sandbox = await startSandbox({
    accounts: [ACCOUNT, OTHER].map((id) => ({ id, name: `a${id[0]}` })),
    roles: [
      { arn: ROLE, trust: trust("batchoperations.s3.amazonaws.com"), policy: everything },
      { arn: `${ROLE}-untrusting`, trust: trust("ec2.amazonaws.com"), policy: everything },
      {
        arn: `${ROLE}-guarded`,
        trust: trust("batchoperations.s3.amazonaws.com", { StringEquals: { "aws:SourceAccount": ACCOUNT } }),
        policy: everything,
      },
      {
        arn: `${ROLE}-misguarded`,
        trust: trust("batchoperations.s3.amazonaws.com", { StringEquals: { "aws:SourceAccount": OTHER } }),
        policy: everything,
      },
    ],
    ...options,
  })
  const credentials = sandbox.credentialsFor(ACCOUNT)
  const s3 = new S3Client({
    region: REGION,
    endpoint: sandbox.endpoint,
    ignoreConfiguredEndpointUrls: true,
    forcePathStyle: true,
    credentials,
  })
  const control: Rehearsal["control"] = (method, path, { query = {}, body = "" } = {}) =>
    signedCall({
      port: sandbox.port,
      credentials,
      service: "s3",
      method,
      path: `/v20180820${path}`,
      query,
      body,
      headers: { "x-amz-account-id": ACCOUNT },
    })
  const describe = async (id: string): Promise<string> => (await control("GET", `/jobs/${id}`)).text
  let tokens = 0
  return {
    sandbox,
    s3,
    kms: kmsClient(sandbox.port, credentials),
    control,
    describe,
    async start(inner, more = {}) {
      const answer = await control("POST", "/jobs", { body: jobXml(inner, { token: `t${tokens++}`, ...more }) })
      if (answer.status !== 200) throw new Error(answer.text)
      return element(answer.text, "JobId") ?? ""
    },
    async settle(id) {
      for (let at = 0; at < 200; at++) {
        const told = await describe(id)
        if (/<Status>(Complete|Failed|Cancelled|Suspended)</.test(told)) return told
        sandbox.clock.advance(20)
      }
      throw new Error(`job ${id} never came to rest: ${await describe(id)}`)
    },
    close: () => sandbox.close(),
  }
}
