import type { Organizations } from "@aws-sdk/client-organizations"
import { afterAll, beforeAll, expect, it } from "vitest"
import { everyPage, MANAGEMENT, refusal, saysTheSame, settled, startEstate, WORKLOAD, type Estate } from "./estate.ts"

/** aws_organizations_organization (adopted), aws_organizations_policy and its attachment. */
let aws: Estate
let org: Organizations
beforeAll(async () => {
  aws = await startEstate()
  org = aws.organizations
})
afterAll(() => aws.close())

const denies = (...Action: string[]): object => ({
  Version: "2012-10-17",
  Statement: [{ Sid: "Guard", Effect: "Deny", Action, Resource: "*" }],
})
const root = async () => (await org.listRoots({})).Roots?.[0]

it("aws_organizations_organization: read back, a policy type switched on", async () => {
  expect((await org.describeOrganization({})).Organization).toMatchObject({
    Id: "o-sandbox1234",
    Arn: `arn:aws:organizations::${MANAGEMENT}:organization/o-sandbox1234`,
    FeatureSet: "ALL",
    MasterAccountId: MANAGEMENT,
    MasterAccountEmail: expect.stringContaining("@"),
  })
  const accounts = await everyPage(async (NextToken) => {
    const answer = await org.listAccounts({ NextToken })
    return { items: answer.Accounts, next: answer.NextToken }
  })
  expect(accounts.map(({ Id, State }) => `${Id} ${State}`).toSorted()).toEqual([
    `${WORKLOAD} ACTIVE`,
    `${MANAGEMENT} ACTIVE`,
  ])
  expect((await org.listAWSServiceAccessForOrganization({})).EnabledServicePrincipals).toEqual([])
  const RootId = (await root())?.Id
  expect((await root())?.PolicyTypes).toEqual([])
  await org.enablePolicyType({ RootId, PolicyType: "SERVICE_CONTROL_POLICY" })
  await settled(aws, async () => (await root())?.PolicyTypes?.[0]?.Status === "ENABLED", 2)
  expect((await root())?.PolicyTypes).toEqual([{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }])
  expect(await refusal(org.enablePolicyType({ RootId, PolicyType: "SERVICE_CONTROL_POLICY" }))).toBe(
    "PolicyTypeAlreadyEnabledException",
  )
})

it("aws_organizations_policy and its attachment: created, attached, changed, detached, deleted", async () => {
  const { Policy } = await org.createPolicy({
    Name: "guard",
    Description: "one",
    Type: "SERVICE_CONTROL_POLICY",
    Content: JSON.stringify(denies("kms:ScheduleKeyDeletion")),
    Tags: Array.from({ length: 30 }, (_, at) => ({ Key: `tag-${at + 10}`, Value: "x" })),
  })
  const PolicyId = Policy?.PolicySummary?.Id ?? ""
  expect(PolicyId).toMatch(/^p-/)
  expect((await org.describePolicy({ PolicyId })).Policy?.PolicySummary).toMatchObject({
    Arn: `arn:aws:organizations::${MANAGEMENT}:policy/o-sandbox1234/service_control_policy/${PolicyId}`,
    Name: "guard",
    Description: "one",
    Type: "SERVICE_CONTROL_POLICY",
    AwsManaged: false,
  })
  const content = async (): Promise<string | undefined> => (await org.describePolicy({ PolicyId })).Policy?.Content
  expect(saysTheSame(await content(), denies("kms:ScheduleKeyDeletion"))).toBe(true)
  // The provider reads one page of tags, whatever token comes with it.
  expect((await org.listTagsForResource({ ResourceId: PolicyId })).Tags).toHaveLength(30)

  const targets = (): Promise<Array<string | undefined>> =>
    everyPage(async (NextToken) => {
      const answer = await org.listTargetsForPolicy({ PolicyId, NextToken })
      return { items: answer.Targets?.map(({ TargetId }) => TargetId), next: answer.NextToken }
    })
  const policies = async (): Promise<Array<string | undefined>> => {
    const found = await org.listPoliciesForTarget({ TargetId: WORKLOAD, Filter: "SERVICE_CONTROL_POLICY" })
    return (found.Policies ?? []).map(({ Id }) => Id)
  }
  expect(await policies()).toEqual(["p-FullAWSAccess"])
  await org.attachPolicy({ PolicyId, TargetId: WORKLOAD })
  expect(await targets()).toEqual([WORKLOAD])
  expect(new Set(await policies())).toEqual(new Set(["p-FullAWSAccess", PolicyId]))
  expect(await refusal(org.attachPolicy({ PolicyId, TargetId: WORKLOAD }))).toBe("DuplicatePolicyAttachmentException")
  expect(await refusal(org.deletePolicy({ PolicyId }))).toBe("PolicyInUseException")

  await org.tagResource({ ResourceId: PolicyId, Tags: [{ Key: "tag-10", Value: "y" }] })
  await org.untagResource({
    ResourceId: PolicyId,
    TagKeys: Array.from({ length: 29 }, (_, at) => `tag-${at + 11}`),
  })
  expect((await org.listTagsForResource({ ResourceId: PolicyId })).Tags).toEqual([{ Key: "tag-10", Value: "y" }])
  await org.updatePolicy({ PolicyId, Description: "two", Content: JSON.stringify(denies("kms:DisableKey")) })
  expect(saysTheSame(await content(), denies("kms:DisableKey"))).toBe(true)

  await org.detachPolicy({ PolicyId, TargetId: WORKLOAD })
  expect([await targets(), await policies()]).toEqual([[], ["p-FullAWSAccess"]])
  expect(await refusal(org.detachPolicy({ PolicyId, TargetId: WORKLOAD }))).toBe("PolicyNotAttachedException")
  await org.deletePolicy({ PolicyId })
  expect(await refusal(org.describePolicy({ PolicyId }))).toBe("PolicyNotFoundException")
  expect(await refusal(org.deletePolicy({ PolicyId }))).toBe("PolicyNotFoundException")
})
