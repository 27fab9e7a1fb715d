import type { IAM, PolicyVersion } from "@aws-sdk/client-iam"
import { afterAll, beforeAll, expect, it } from "vitest"
import { everyPage, refusal, ROOT, saysTheSame, startEstate, WORKLOAD, type Estate } from "./estate.ts"

/** aws_iam_role, aws_iam_role_policy, aws_iam_policy and its attachment; every list comes in pages of one. */
let aws: Estate
let iam: IAM
beforeAll(async () => {
  aws = await startEstate({ pageSize: 1 })
  iam = aws.iam
})
afterAll(() => aws.close())

const RoleName = "recovery-reader"
const trust = (more: object = {}): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: ROOT }, Action: "sts:AssumeRole", ...more }],
})
const reads = (Action: string): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "arn:aws:s3:::data/*" }],
})
const decoded = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : decodeURIComponent(text)
const role = async () => (await iam.getRole({ RoleName })).Role
const inlinePolicies = (): Promise<string[]> =>
  everyPage(async (Marker) => {
    const { PolicyNames, IsTruncated, Marker: next } = await iam.listRolePolicies({ RoleName, Marker })
    return { items: PolicyNames, next: IsTruncated === true ? next : undefined }
  })
const attachedPolicies = (): Promise<Array<string | undefined>> =>
  everyPage(async (Marker) => {
    const answer = await iam.listAttachedRolePolicies({ RoleName, Marker })
    const items = answer.AttachedPolicies?.map(({ PolicyArn }) => PolicyArn)
    return { items, next: answer.IsTruncated === true ? answer.Marker : undefined }
  })

it("aws_iam_role with its policies: created, changed in every way, deleted", async () => {
  const made = await iam.createRole({
    RoleName,
    Path: "/recovery/",
    Description: "one",
    AssumeRolePolicyDocument: JSON.stringify(trust()),
    MaxSessionDuration: 3600,
    Tags: [
      { Key: "team", Value: "storage" },
      { Key: "stage", Value: "a" },
    ],
  })
  expect(made.Role).toMatchObject({
    Arn: `arn:aws:iam::${WORKLOAD}:role/recovery/${RoleName}`,
    RoleId: expect.stringMatching(/^AROA/),
  })
  expect(await role()).toMatchObject({
    Path: "/recovery/",
    Description: "one",
    MaxSessionDuration: 3600,
    CreateDate: expect.any(Date),
    Tags: [
      { Key: "team", Value: "storage" },
      { Key: "stage", Value: "a" },
    ],
  })
  expect(saysTheSame(decoded((await role())?.AssumeRolePolicyDocument), trust())).toBe(true)
  expect([await inlinePolicies(), await attachedPolicies()]).toEqual([[], []])

  const guarded = trust({ Condition: { StringEquals: { "sts:ExternalId": "outside" } } })
  await iam.tagRole({ RoleName, Tags: [{ Key: "team", Value: "other" }] })
  await iam.untagRole({ RoleName, TagKeys: ["stage"] })
  await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: JSON.stringify(guarded) })
  await iam.updateRoleDescription({ RoleName, Description: "two" })
  await iam.updateRole({ RoleName, MaxSessionDuration: 7200 })
  expect(await role()).toMatchObject({
    Description: "two",
    MaxSessionDuration: 7200,
    Tags: [{ Key: "team", Value: "other" }],
  })
  expect(saysTheSame(decoded((await role())?.AssumeRolePolicyDocument), guarded)).toBe(true)

  for (const PolicyName of ["read", "write"]) {
    await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: JSON.stringify(reads("s3:GetObject")) })
    const { PolicyDocument } = await iam.getRolePolicy({ RoleName, PolicyName })
    expect(saysTheSame(decoded(PolicyDocument), reads("s3:GetObject"))).toBe(true)
  }
  expect((await inlinePolicies()).toSorted()).toEqual(["read", "write"])
  expect(await refusal(iam.getRolePolicy({ RoleName, PolicyName: "missing" }))).toBe("NoSuchEntityException")

  expect(await refusal(iam.deleteRole({ RoleName }))).toBe("DeleteConflictException")
  for (const PolicyName of ["read", "write"]) await iam.deleteRolePolicy({ RoleName, PolicyName })
  expect((await iam.listInstanceProfilesForRole({ RoleName })).InstanceProfiles).toEqual([])
  await iam.deleteRole({ RoleName })
  await expect(iam.getRole({ RoleName })).rejects.toMatchObject({
    name: "NoSuchEntityException",
    $metadata: { httpStatusCode: 404 },
  })
})

it("aws_iam_policy and aws_iam_role_policy_attachment: attached, versions turned over, detached, deleted", async () => {
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust()) })
  const { Policy } = await iam.createPolicy({
    PolicyName: "lists",
    PolicyDocument: JSON.stringify(reads("s3:ListBucket")),
    Description: "lists the bucket",
    Tags: [{ Key: "team", Value: "storage" }],
  })
  const PolicyArn = Policy?.Arn ?? ""
  const text = async (): Promise<string | undefined> => {
    const { DefaultVersionId: VersionId } = (await iam.getPolicy({ PolicyArn })).Policy ?? {}
    return decoded((await iam.getPolicyVersion({ PolicyArn, VersionId })).PolicyVersion?.Document)
  }
  expect(saysTheSame(await text(), reads("s3:ListBucket"))).toBe(true)
  expect((await iam.getPolicy({ PolicyArn })).Policy).toMatchObject({
    Description: "lists the bucket",
    Path: "/",
    Tags: [{ Key: "team", Value: "storage" }],
    AttachmentCount: 0,
  })
  await iam.attachRolePolicy({ RoleName, PolicyArn })
  expect(await attachedPolicies()).toEqual([PolicyArn])
  expect(await refusal(iam.deletePolicy({ PolicyArn }))).toBe("DeleteConflictException")

  const versions = async (): Promise<PolicyVersion[]> =>
    await everyPage(async (Marker) => {
      const { Versions: items, IsTruncated, Marker: next } = await iam.listPolicyVersions({ PolicyArn, Marker })
      return { items, next: IsTruncated === true ? next : undefined }
    })
  const oldest = (all: readonly PolicyVersion[]): string | undefined =>
    all
      .filter(({ IsDefaultVersion }) => IsDefaultVersion !== true)
      .toSorted((a, b) => Number(a.CreateDate) - Number(b.CreateDate))[0]?.VersionId
  for (let turn = 2; turn <= 7; turn++) {
    const all = await versions()
    // Five at most: the provider drops the oldest before it makes the next.
    if (all.length === 5) await iam.deletePolicyVersion({ PolicyArn, VersionId: oldest(all) })
    aws.sandbox.clock.advance(1000)
    const PolicyDocument = JSON.stringify(reads(turn % 2 === 0 ? "s3:GetObject" : "s3:ListBucket"))
    await iam.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true })
  }
  const left = (await versions()).map(({ VersionId }) => VersionId)
  expect(new Set(left)).toEqual(new Set(["v3", "v4", "v5", "v6", "v7"]))
  expect(saysTheSame(await text(), reads("s3:ListBucket"))).toBe(true)

  await iam.detachRolePolicy({ RoleName, PolicyArn })
  expect(await attachedPolicies()).toEqual([])
  expect(await refusal(iam.detachRolePolicy({ RoleName, PolicyArn }))).toBe("NoSuchEntityException")
  for (const { VersionId, IsDefaultVersion } of await versions())
    if (IsDefaultVersion !== true) await iam.deletePolicyVersion({ PolicyArn, VersionId })
  await iam.deletePolicy({ PolicyArn })
  expect(await refusal(iam.getPolicy({ PolicyArn }))).toBe("NoSuchEntityException")
})
