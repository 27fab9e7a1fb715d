import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, queryClient, type Answer, type Credentials } from "../support/signed-client.ts"

const WORKLOAD = "111111111111"
const RECOVERY = "222222222222"
const ACTIONS = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
const arn = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`
const trust = (AWS: string, more: object = {}): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS }, Action: ACTIONS, ...more }],
})

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    accounts: [
      { id: WORKLOAD, name: "workload" },
      { id: RECOVERY, name: "recovery" },
    ],
    roles: [
      {
        arn: arn(WORKLOAD, "drill"),
        trust: trust(`arn:aws:iam::${WORKLOAD}:root`),
        policy: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ACTIONS, Resource: arn(RECOVERY, "only-drill") }],
        },
      },
      { arn: arn(WORKLOAD, "bare"), trust: trust(`arn:aws:iam::${WORKLOAD}:root`) },
      {
        arn: arn(RECOVERY, "team/recovery"),
        trust: trust(`arn:aws:iam::${WORKLOAD}:root`, { Condition: { StringEquals: { "sts:ExternalId": "x1" } } }),
      },
      { arn: arn(RECOVERY, "only-drill"), trust: trust(arn(WORKLOAD, "drill")) },
      { arn: arn(RECOVERY, "trusts-bare"), trust: trust(arn(WORKLOAD, "bare")) },
      {
        arn: arn(RECOVERY, "second-factor"),
        trust: trust(`arn:aws:iam::${WORKLOAD}:root`, {
          Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
        }),
      },
    ],
  })
})
afterAll(() => sandbox.close())

const sts = (credentials: Credentials = sandbox.credentialsFor(WORKLOAD)) =>
  queryClient(sandbox.port, credentials, "sts")
const assume = (RoleArn: string, more: Record<string, string> = {}, as?: Credentials): Promise<Answer> =>
  sts(as)("AssumeRole", { RoleArn, RoleSessionName: "s1", ...more })
const codeOf = async (answer: Promise<Answer>): Promise<string | undefined> => element((await answer).text, "Code")
async function sessionOf(answer: Promise<Answer>): Promise<Credentials> {
  const { text } = await answer
  const read = (name: string): string => element(text, name)?.replaceAll("&#39;", "'") ?? ""
  return {
    accessKeyId: read("AccessKeyId"),
    secretAccessKey: read("SecretAccessKey"),
    sessionToken: read("SessionToken"),
  }
}

describe("AssumeRole", () => {
  it("gives a session that says who it is", async () => {
    const session = await sessionOf(assume(arn(RECOVERY, "team/recovery"), { ExternalId: "x1" }))
    const { text } = await sts(session)("GetCallerIdentity")
    expect(element(text, "Arn")).toBe(`arn:aws:sts::${RECOVERY}:assumed-role/recovery/s1`)
  })
  it.each([
    ["no such role", arn(RECOVERY, "nobody"), {}],
    ["no external id", arn(RECOVERY, "team/recovery"), {}],
    ["a wrong external id", arn(RECOVERY, "team/recovery"), { ExternalId: "x2" }],
    ["a principal that is not trusted", arn(RECOVERY, "only-drill"), {}],
    ["a second factor that was not used", arn(RECOVERY, "second-factor"), {}],
    [
      "a code that is none",
      arn(RECOVERY, "second-factor"),
      { SerialNumber: `arn:aws:iam::${WORKLOAD}:mfa/x`, TokenCode: "12" },
    ],
  ])("is denied for %s", async (_name, role, more) => expect(await codeOf(assume(role, more))).toBe("AccessDenied"))
  it("trusts a role's session when the role is named", async () => {
    const drill = await sessionOf(assume(arn(WORKLOAD, "drill")))
    expect((await assume(arn(RECOVERY, "only-drill"), {}, drill)).status).toBe(200)
  })
  it("asks another account's caller for a policy of its own, too", async () => {
    const bare = await sessionOf(assume(arn(WORKLOAD, "bare")))
    const refused = await assume(arn(RECOVERY, "trusts-bare"), {}, bare)
    expect(element(refused.text, "Message")).toBe(
      `User: arn:aws:sts::${WORKLOAD}:assumed-role/bare/s1 is not authorized to perform: sts:AssumeRole on resource: ${arn(RECOVERY, "trusts-bare")} because no identity-based policy allows the sts:AssumeRole action`,
    )
  })
  it("takes a second factor", async () => {
    const factor = { SerialNumber: `arn:aws:iam::${WORKLOAD}:mfa/sandbox-admin`, TokenCode: "123456" }
    expect((await assume(arn(RECOVERY, "second-factor"), factor)).status).toBe(200)
  })
  it("lets a chained session live one hour at most", async () => {
    const drill = await sessionOf(assume(arn(WORKLOAD, "drill")))
    expect(await codeOf(assume(arn(RECOVERY, "only-drill"), { DurationSeconds: "3601" }, drill))).toBe(
      "ValidationError",
    )
  })
  it("keeps the source identity along the chain", async () => {
    const drill = await sessionOf(assume(arn(WORKLOAD, "drill"), { SourceIdentity: "alice" }))
    expect(await codeOf(assume(arn(RECOVERY, "only-drill"), { SourceIdentity: "mallory" }, drill))).toBe("AccessDenied")
    expect(element((await assume(arn(RECOVERY, "only-drill"), {}, drill)).text, "SourceIdentity")).toBe("alice")
  })
  it("refuses a session without its token, or with another's", async () => {
    const session = await sessionOf(assume(arn(WORKLOAD, "drill")))
    const { accessKeyId, secretAccessKey } = session
    expect(await codeOf(sts({ accessKeyId, secretAccessKey })("GetCallerIdentity"))).toBe("InvalidClientTokenId")
    expect(await codeOf(sts({ ...session, sessionToken: "other" })("GetCallerIdentity"))).toBe("InvalidClientTokenId")
  })
  it("ends on the virtual clock", async () => {
    const session = await sessionOf(assume(arn(WORKLOAD, "drill"), { DurationSeconds: "900" }))
    sandbox.clock.advance(899_000)
    expect((await sts(session)("GetCallerIdentity")).status).toBe(200)
    sandbox.clock.advance(2_000)
    expect(await codeOf(sts(session)("GetCallerIdentity"))).toBe("ExpiredToken")
  })
})
