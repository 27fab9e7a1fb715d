import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, queryClient, type Answer } from "../support/signed-client.ts"

const WORKLOAD = "111111111111"
const ARN = `arn:aws:iam::${WORKLOAD}:policy/team/read`
const document = (action: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] })
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: WORKLOAD }, Action: "sts:AssumeRole" }],
})

let sandbox: Sandbox
let iam: (action: string, form?: Record<string, string>) => Promise<Answer>
beforeEach(async () => {
  sandbox = await startSandbox({ accounts: [{ id: WORKLOAD, name: "workload" }] })
  iam = queryClient(sandbox.port, sandbox.credentialsFor(WORKLOAD), "iam")
  await iam("CreatePolicy", { PolicyName: "read", Path: "/team/", PolicyDocument: document("s3:GetObject") })
})
afterEach(() => sandbox.close())

const policy = (action: string, form: Record<string, string> = {}): Promise<Answer> =>
  iam(action, { PolicyArn: ARN, ...form })
const version = (action: string): Promise<Answer> =>
  policy("CreatePolicyVersion", { PolicyDocument: document(action), SetAsDefault: "true" })
const codeOf = ({ text }: Answer): string | undefined => element(text, "Code")

describe("a customer managed policy", () => {
  it("begins with version 1", async () => {
    const { text } = await policy("GetPolicy")
    expect(element(text, "Arn")).toBe(ARN)
    expect(element(text, "DefaultVersionId")).toBe("v1")
    expect(element(text, "AttachmentCount")).toBe("0")
  })
  it("is refused twice, and above 6,144 characters", async () => {
    const again = { PolicyName: "read", PolicyDocument: document("s3:GetObject") }
    expect(codeOf(await iam("CreatePolicy", again))).toBe("EntityAlreadyExists")
    const long = { PolicyName: "long", PolicyDocument: document(`s3:Get${"x".repeat(6144)}`) }
    expect(codeOf(await iam("CreatePolicy", long))).toBe("LimitExceeded")
  })
  it("keeps five versions and never uses a number again", async () => {
    for (const action of ["s3:A", "s3:B", "s3:C", "s3:D"]) expect((await version(action)).status).toBe(200)
    expect(codeOf(await version("s3:E"))).toBe("LimitExceeded")
    await policy("DeletePolicyVersion", { VersionId: "v4" })
    expect(element((await version("s3:E")).text, "VersionId")).toBe("v6")
    const { text } = await policy("GetPolicyVersion", { VersionId: "v6" })
    expect(decodeURIComponent(element(text, "Document") ?? "")).toBe(document("s3:E"))
    expect(element(text, "IsDefaultVersion")).toBe("true")
    expect((await policy("ListPolicyVersions")).text.match(/<VersionId>\w+/g)).toEqual(
      ["v1", "v2", "v3", "v5", "v6"].map((id) => `<VersionId>${id}`),
    )
  })
  it("goes back to an earlier version, which then cannot be deleted", async () => {
    await version("s3:A")
    await policy("SetDefaultPolicyVersion", { VersionId: "v1" })
    expect(element((await policy("GetPolicy")).text, "DefaultVersionId")).toBe("v1")
    expect(codeOf(await policy("DeletePolicyVersion", { VersionId: "v1" }))).toBe("DeleteConflict")
    expect(codeOf(await policy("SetDefaultPolicyVersion", { VersionId: "v9" }))).toBe("NoSuchEntity")
  })
  it("stays as long as a role has it or is bounded by it", async () => {
    await iam("CreateRole", { RoleName: "a", AssumeRolePolicyDocument: TRUST })
    await iam("CreateRole", { RoleName: "b", AssumeRolePolicyDocument: TRUST, PermissionsBoundary: ARN })
    await policy("AttachRolePolicy", { RoleName: "a" })
    const { text } = await policy("GetPolicy")
    expect(element(text, "AttachmentCount")).toBe("1")
    expect(element(text, "PermissionsBoundaryUsageCount")).toBe("1")
    expect(element((await policy("ListEntitiesForPolicy")).text, "RoleName")).toBe("a")
    const bounded = await policy("ListEntitiesForPolicy", { PolicyUsageFilter: "PermissionsBoundary" })
    expect(element(bounded.text, "RoleName")).toBe("b")
    expect(codeOf(await policy("DeletePolicy"))).toBe("DeleteConflict")
    await policy("DetachRolePolicy", { RoleName: "a" })
    await iam("DeleteRolePermissionsBoundary", { RoleName: "b" })
    await version("s3:A")
    expect(codeOf(await policy("DeletePolicy"))).toBe("DeleteConflict")
    await policy("DeletePolicyVersion", { VersionId: "v1" })
    expect((await policy("DeletePolicy")).status).toBe(200)
    expect(codeOf(await policy("GetPolicy"))).toBe("NoSuchEntity")
  })
  it("carries tags", async () => {
    await policy("TagPolicy", { "Tags.member.1.Key": "k", "Tags.member.1.Value": "v" })
    expect((await policy("ListPolicyTags")).text).toContain("<Key>k</Key><Value>v</Value>")
    await policy("UntagPolicy", { "TagKeys.member.1": "k" })
    expect((await policy("ListPolicyTags")).text).not.toContain("<Key>")
  })
})

describe("lists of policies", () => {
  const arnsOf = async (form: Record<string, string>): Promise<string[]> =>
    ((await iam("ListPolicies", form)).text.match(/<Arn>[^<]+/g) ?? []).map((each) => each.slice(5))

  it("tell the account's own from those of AWS", async () => {
    expect(await arnsOf({ Scope: "Local" })).toEqual([ARN])
    const ofAws = await arnsOf({ Scope: "AWS" })
    expect(ofAws).toContain("arn:aws:iam::aws:policy/AdministratorAccess")
    expect(ofAws).toContain("arn:aws:iam::aws:policy/PowerUserAccess")
    expect(await arnsOf({ Scope: "All" })).toEqual([ARN, ...ofAws].sort())
    expect(await arnsOf({ OnlyAttached: "true" })).toEqual([])
  })
})
