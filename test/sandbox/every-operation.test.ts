import * as iam from "@aws-sdk/client-iam"
import * as organizations from "@aws-sdk/client-organizations"
import * as sts from "@aws-sdk/client-sts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { jsonClient, queryClient, type Answer } from "./support/signed-client.ts"

const ACCOUNT = "111111111111"

const commandsOf = (client: object): string[] =>
  Object.keys(client)
    .filter((name) => name.endsWith("Command") && name !== "Command" && name !== "$Command")
    .map((name) => name.slice(0, -"Command".length))

/** What the facts ask for must be answered by its own handler. */
const BUILT: Readonly<Record<string, string>> = {
  sts: "AssumeRole GetAccessKeyInfo GetCallerIdentity",
  iam: `AttachRolePolicy CreatePolicy CreatePolicyVersion CreateRole CreateServiceLinkedRole DeletePolicy
    DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetPolicy
    GetPolicyVersion GetRole GetRolePolicy GetUser ListAttachedRolePolicies ListEntitiesForPolicy
    ListInstanceProfilesForRole ListPolicies ListPolicyTags ListPolicyVersions ListRolePolicies ListRoles ListRoleTags
    PutRolePermissionsBoundary PutRolePolicy SetDefaultPolicyVersion TagPolicy TagRole UntagPolicy UntagRole
    UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`,
  organizations: `AttachPolicy CreateAccount CreateOrganization CreateOrganizationalUnit CreatePolicy
    DeleteOrganizationalUnit DeletePolicy DescribeAccount DescribeCreateAccountStatus DescribeOrganization
    DescribeOrganizationalUnit DescribePolicy DetachPolicy DisablePolicyType EnablePolicyType
    ListAWSServiceAccessForOrganization ListAccounts ListAccountsForParent ListChildren ListDelegatedAdministrators
    ListOrganizationalUnitsForParent ListParents ListPolicies ListPoliciesForTarget ListRoots ListTagsForResource
    ListTargetsForPolicy MoveAccount TagResource UntagResource UpdateOrganizationalUnit UpdatePolicy`,
}

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    accounts: [{ id: ACCOUNT, name: "management" }],
    organization: { id: "o-sandbox1234", managementAccount: ACCOUNT },
  })
})
afterAll(() => sandbox.close())

/** The call is either answered under its own name or refused as not implemented: never taken for another. */
async function walk(names: readonly string[], call: (name: string) => Promise<Answer>): Promise<string[]> {
  const handled: string[] = []
  for (const name of names) {
    const answer = await call(name)
    const entry = sandbox.audit.at(-1)
    if (answer.status === 501) {
      expect([name, entry?.operation]).toEqual([name, "-"])
      expect(answer.text).toContain("NotImplemented")
    } else {
      expect([name, entry?.operation, answer.status < 500]).toEqual([name, name, true])
      handled.push(name)
    }
  }
  return handled.toSorted()
}
const built = (service: string): string[] => (BUILT[service] ?? "").trim().split(/\s+/).toSorted()

describe("every operation", () => {
  it("of STS hits its own handler or 501", async () => {
    const names = commandsOf(sts)
    expect(names.length).toBeGreaterThan(8)
    const client = queryClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "sts")
    expect(await walk(names, (name) => client(name))).toEqual(built("sts"))
  })
  it("of IAM hits its own handler or 501", async () => {
    const names = commandsOf(iam)
    expect(names.length).toBeGreaterThan(170)
    const client = queryClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "iam")
    expect(await walk(names, (name) => client(name))).toEqual(built("iam"))
  })
  it("of Organizations hits its own handler or 501", async () => {
    const names = commandsOf(organizations)
    expect(names.length).toBeGreaterThan(55)
    const client = jsonClient(
      sandbox.port,
      sandbox.credentialsFor(ACCOUNT),
      "organizations",
      "AWSOrganizationsV20161128",
      "us-east-1",
    )
    expect(await walk(names, (name) => client(name))).toEqual(built("organizations"))
  })
  it.each([
    ["cloudtrail", "CloudTrail_20131101", "CreateTrail"],
    ["config", "StarlingDoveService", "PutAggregationAuthorization"],
    ["monitoring", "GraniteServiceVersion20100801", "PutDashboard"],
    ["servicequotas", "ServiceQuotasV20190624", "RequestServiceQuotaIncrease"],
  ])("of %s that is not built answers 501", async (service, target, operation) => {
    const client = jsonClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), service, target)
    const answer = await client(operation)
    expect([answer.status, answer.json["__type"]]).toEqual([501, "NotImplemented"])
  })
})
