import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, queryClient, type Answer } from "../support/signed-client.ts"

const WORKLOAD = "111111111111"
const RECOVERY = "222222222222"
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
const document = (statement: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [statement] })
const TRUST = document({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${WORKLOAD}:root` },
  Action: "sts:AssumeRole",
})
const READ = document({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" })
const tag = (key: string, value: string, at = 1): Record<string, string> => ({
  [`Tags.member.${at}.Key`]: key,
  [`Tags.member.${at}.Value`]: value,
})

let sandbox: Sandbox
let iam: (action: string, form?: Record<string, string>) => Promise<Answer>
beforeEach(async () => {
  sandbox = await startSandbox({
    accounts: [
      { id: WORKLOAD, name: "workload" },
      { id: RECOVERY, name: "recovery" },
    ],
  })
  iam = queryClient(sandbox.port, sandbox.credentialsFor(WORKLOAD), "iam")
})
afterEach(() => sandbox.close())

const create = (more: Record<string, string> = {}): Promise<Answer> =>
  iam("CreateRole", { RoleName: "drill", AssumeRolePolicyDocument: TRUST, ...more })
const role = (action: string, form: Record<string, string> = {}): Promise<Answer> =>
  iam(action, { RoleName: "drill", ...form })
const codeOf = ({ text }: Answer): string | undefined => element(text, "Code")
const messageOf = ({ text }: Answer): string | undefined => element(text, "Message")

describe("a role", () => {
  it("tells what it was made with", async () => {
    await create({ Path: "/team/", Description: "for drills", MaxSessionDuration: "7200", ...tag("purpose", "drill") })
    const { text } = await role("GetRole")
    expect(element(text, "Arn")).toBe(`arn:aws:iam::${WORKLOAD}:role/team/drill`)
    expect(element(text, "Description")).toBe("for drills")
    expect(element(text, "MaxSessionDuration")).toBe("7200")
    expect(JSON.parse(decodeURIComponent(element(text, "AssumeRolePolicyDocument") ?? ""))).toEqual(JSON.parse(TRUST))
    expect(text).toContain("<Tags><member><Key>purpose</Key><Value>drill</Value></member></Tags>")
  })
  it("has one name in any case", async () => {
    await create()
    const again = await create({ RoleName: "DRILL" })
    expect([again.status, codeOf(again)]).toEqual([409, "EntityAlreadyExists"])
  })
  it("belongs to its account", async () => {
    await create()
    const elsewhere = queryClient(sandbox.port, sandbox.credentialsFor(RECOVERY), "iam")
    expect(codeOf(await elsewhere("GetRole", { RoleName: "drill" }))).toBe("NoSuchEntity")
  })
  it("changes its session length and its description", async () => {
    await create()
    const updated = await role("UpdateRole", { MaxSessionDuration: "43200", Description: "longer" })
    expect(updated.text).toContain("<UpdateRoleResult></UpdateRoleResult>")
    const changed = await role("GetRole")
    expect(element(changed.text, "MaxSessionDuration")).toBe("43200")
    const described = await role("UpdateRoleDescription", { Description: "other" })
    expect(element(described.text, "Description")).toBe("other")
    expect(codeOf(await role("UpdateRole", { MaxSessionDuration: "60" }))).toBe("ValidationError")
  })
  it("gains and loses tags", async () => {
    await create(tag("a", "1"))
    await role("TagRole", { ...tag("b", "2"), ...tag("a", "3", 2) })
    await role("UntagRole", { "TagKeys.member.1": "b" })
    const { text } = await role("ListRoleTags")
    expect(text).toContain("<Tags><member><Key>a</Key><Value>3</Value></member></Tags>")
  })
  it.each([
    ["no JSON", "{", "This policy contains invalid Json"],
    ["no statement", "{}", "Syntax errors in policy. (the policy has no Statement at Statement)"],
    [
      "a resource",
      document({ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole", Resource: "*" }),
      "Has prohibited field Resource",
    ],
  ])("takes no trust policy with %s", async (_what, trust, message) => {
    const answer = await create({ AssumeRolePolicyDocument: trust })
    expect([codeOf(answer), messageOf(answer)]).toEqual(["MalformedPolicyDocument", message])
  })
  it("is gone only when nothing hangs on it", async () => {
    await create()
    await role("PutRolePolicy", { PolicyName: "read", PolicyDocument: READ })
    await role("AttachRolePolicy", { PolicyArn: ADMIN })
    expect(messageOf(await role("DeleteRole"))).toBe("Cannot delete entity, must detach all policies first.")
    await role("DetachRolePolicy", { PolicyArn: ADMIN })
    expect(messageOf(await role("DeleteRole"))).toBe("Cannot delete entity, must delete policies first.")
    await role("DeleteRolePolicy", { PolicyName: "read" })
    expect((await role("ListInstanceProfilesForRole")).status).toBe(200)
    expect((await role("DeleteRole")).status).toBe(200)
    expect((await role("GetRole")).status).toBe(404)
  })
})

describe("what a role may do", () => {
  beforeEach(() => create())

  it("is kept as it was written", async () => {
    await role("PutRolePolicy", { PolicyName: "read", PolicyDocument: ` ${READ}` })
    const { text } = await role("GetRolePolicy", { PolicyName: "read" })
    expect(decodeURIComponent(element(text, "PolicyDocument") ?? "")).toBe(` ${READ}`)
  })
  it("has room for 10,240 characters of inline policies together", async () => {
    const long = (sid: string, size: number): string =>
      document({ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::b/${sid.repeat(size)}` })
    expect((await role("PutRolePolicy", { PolicyName: "a", PolicyDocument: long("a", 6000) })).status).toBe(200)
    const over = await role("PutRolePolicy", { PolicyName: "b", PolicyDocument: long("b", 6000) })
    expect([over.status, codeOf(over)]).toEqual([409, "LimitExceeded"])
    expect((await role("PutRolePolicy", { PolicyName: "a", PolicyDocument: long("b", 6000) })).status).toBe(200)
  })
  it("names no principals", async () => {
    const answer = await role("PutRolePolicy", { PolicyName: "read", PolicyDocument: TRUST })
    expect(messageOf(answer)).toBe("Policy document should not specify a principal.")
  })
  it("can be a policy of AWS, but none that does not exist", async () => {
    await role("AttachRolePolicy", { PolicyArn: ADMIN })
    expect((await role("ListAttachedRolePolicies")).text).toContain(
      `<member><PolicyName>AdministratorAccess</PolicyName><PolicyArn>${ADMIN}</PolicyArn></member>`,
    )
    const missing = await role("AttachRolePolicy", { PolicyArn: "arn:aws:iam::aws:policy/Nothing" })
    expect([missing.status, codeOf(missing)]).toEqual([404, "NoSuchEntity"])
    expect(codeOf(await role("DetachRolePolicy", { PolicyArn: "arn:aws:iam::aws:policy/PowerUserAccess" }))).toBe(
      "NoSuchEntity",
    )
  })
  it("is bounded by a managed policy", async () => {
    expect(
      codeOf(await role("PutRolePermissionsBoundary", { PermissionsBoundary: "arn:aws:iam::aws:policy/Nothing" })),
    ).toBe("NoSuchEntity")
    await role("PutRolePermissionsBoundary", { PermissionsBoundary: ADMIN })
    expect(element((await role("GetRole")).text, "PermissionsBoundaryArn")).toBe(ADMIN)
    await role("DeleteRolePermissionsBoundary")
    expect(element((await role("GetRole")).text, "PermissionsBoundaryArn")).toBeUndefined()
    expect(codeOf(await role("DeleteRolePermissionsBoundary"))).toBe("NoSuchEntity")
  })
})

describe("the service-linked role of multi-Region keys", () => {
  const make = (): Promise<Answer> => iam("CreateServiceLinkedRole", { AWSServiceName: "mrk.kms.amazonaws.com" })
  const NAME = "AWSServiceRoleForKeyManagementServiceMultiRegionKeys"

  it("is made once and is AWS's to change", async () => {
    expect(element((await make()).text, "Arn")).toBe(
      `arn:aws:iam::${WORKLOAD}:role/aws-service-role/mrk.kms.amazonaws.com/${NAME}`,
    )
    expect(codeOf(await make())).toBe("InvalidInput")
    expect(codeOf(await iam("DeleteRole", { RoleName: NAME }))).toBe("UnmodifiableEntity")
    expect(codeOf(await iam("AttachRolePolicy", { RoleName: NAME, PolicyArn: ADMIN }))).toBe("UnmodifiableEntity")
  })
})

describe("lists of roles", () => {
  it("come in pages whose markers fit no other list", async () => {
    for (const RoleName of ["c", "a", "b"]) await create({ RoleName })
    const first = await iam("ListRoles", { MaxItems: "2" })
    expect(first.text.match(/<RoleName>\w+/g)).toEqual(["<RoleName>a", "<RoleName>b"])
    const Marker = element(first.text, "Marker") ?? ""
    const second = await iam("ListRoles", { MaxItems: "2", Marker })
    expect(second.text.match(/<RoleName>\w+/g)).toEqual(["<RoleName>c"])
    expect(element(second.text, "IsTruncated")).toBe("false")
    expect(codeOf(await iam("ListRoles", { PathPrefix: "/team/", Marker }))).toBe("ValidationError")
  })
})

describe("the caller", () => {
  it("is the account's administrator", async () => {
    expect(element((await iam("GetUser")).text, "Arn")).toBe(`arn:aws:iam::${WORKLOAD}:user/sandbox-admin`)
    expect(codeOf(await iam("GetUser", { UserName: "nobody" }))).toBe("NoSuchEntity")
  })
})
