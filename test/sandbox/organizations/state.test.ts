import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, jsonClient, queryClient } from "../support/signed-client.ts"

const MANAGEMENT = "333333333333"
const ROOT = "r-sbx1"
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: MANAGEMENT }, Action: "sts:AssumeRole" }],
})
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"

let stateDir: string
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "dr-state-"))
})
afterEach(() => rmSync(stateDir, { recursive: true }))

async function during<T>(run: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await startSandbox({
    accounts: [{ id: MANAGEMENT, name: "management" }],
    organization: { id: "o-sandbox1234", managementAccount: MANAGEMENT },
    stateDir,
  })
  try {
    return await run(sandbox)
  } finally {
    await sandbox.close()
  }
}
const orgs = (sandbox: Sandbox) =>
  jsonClient(
    sandbox.port,
    sandbox.credentialsFor(MANAGEMENT),
    "organizations",
    "AWSOrganizationsV20161128",
    "us-east-1",
  )

describe("a sandbox with a state folder", () => {
  it("comes back with its organisation and the accounts that were made", async () => {
    const AccountId = await during(async (sandbox) => {
      const client = orgs(sandbox)
      await client("EnablePolicyType", { RootId: ROOT, PolicyType: "SERVICE_CONTROL_POLICY" })
      const asked = await client("CreateAccount", { Email: "a@example.com", AccountName: "vault" })
      const CreateAccountRequestId = asked.json["CreateAccountStatus"].Id
      const { json } = await client("DescribeCreateAccountStatus", { CreateAccountRequestId })
      return json["CreateAccountStatus"].AccountId as string
    })
    await during(async (sandbox) => {
      const list = await orgs(sandbox)("ListPoliciesForTarget", {
        TargetId: AccountId,
        Filter: "SERVICE_CONTROL_POLICY",
      })
      expect(list.json["Policies"]).toMatchObject([{ Id: "p-FullAWSAccess" }])
      const sts = queryClient(sandbox.port, sandbox.credentialsFor(AccountId), "sts")
      expect(element((await sts("GetCallerIdentity")).text, "Account")).toBe(AccountId)
    })
  })
  it("comes back with its roles and policies", async () => {
    const PolicyArn = await during(async (sandbox) => {
      const iam = queryClient(sandbox.port, sandbox.credentialsFor(MANAGEMENT), "iam")
      const document = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }],
      })
      const { text } = await iam("CreatePolicy", { PolicyName: "keys", PolicyDocument: document })
      const arn = element(text, "Arn") ?? ""
      await iam("CreateRole", { RoleName: "drill", AssumeRolePolicyDocument: TRUST, PermissionsBoundary: ADMIN })
      await iam("AttachRolePolicy", { RoleName: "drill", PolicyArn: arn })
      await iam("TagRole", { RoleName: "drill", "Tags.member.1.Key": "k", "Tags.member.1.Value": "v" })
      return arn
    })
    await during(async (sandbox) => {
      const iam = queryClient(sandbox.port, sandbox.credentialsFor(MANAGEMENT), "iam")
      const { text } = await iam("GetRole", { RoleName: "drill" })
      expect(element(text, "PermissionsBoundaryArn")).toBe(ADMIN)
      expect(text).toContain("<Key>k</Key><Value>v</Value>")
      expect((await iam("ListAttachedRolePolicies", { RoleName: "drill" })).text).toContain(PolicyArn)
      expect(element((await iam("GetPolicy", { PolicyArn })).text, "AttachmentCount")).toBe("1")
    })
  })
})
