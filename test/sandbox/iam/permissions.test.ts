import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, jsonClient, kmsClient, queryClient, type Answer, type Credentials } from "../support/signed-client.ts"

const ACCOUNT = "333333333333"
const WORKLOAD = "111111111111"
const document = (...Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement })
const TRUST = document({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: "sts:AssumeRole",
})
const POLICY = document({ Effect: "Allow", Action: "kms:*", Resource: "*" })
const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`
const policy = (name: string): string => `arn:aws:iam::${ACCOUNT}:policy/${name}`
const org = (resource: string): string => `arn:aws:organizations::${ACCOUNT}:${resource}`
const alarm = `arn:aws:cloudwatch:eu-central-1:${ACCOUNT}:alarm:a`
const named = (RoleName: string, more: object = {}): object => ({ RoleName, ...more })
const about = (PolicyArn: string, more: object = {}): object => ({ PolicyArn, ...more })

let sandbox: Sandbox
let nobody: Credentials
const admin = (account = ACCOUNT): Credentials => sandbox.credentialsFor(account)

async function enter(RoleArn: string, more: Record<string, string> = {}): Promise<Credentials> {
  const { text } = await queryClient(
    sandbox.port,
    admin(),
    "sts",
  )("AssumeRole", { RoleArn, RoleSessionName: "s1", ...more })
  const read = (name: string): string => element(text, name)?.replaceAll("&#39;", "'") ?? ""
  return {
    accessKeyId: read("AccessKeyId"),
    secretAccessKey: read("SecretAccessKey"),
    sessionToken: read("SessionToken"),
  }
}

beforeAll(async () => {
  sandbox = await startSandbox({
    accounts: [
      { id: ACCOUNT, name: "management" },
      { id: WORKLOAD, name: "workload" },
    ],
    organization: { id: "o-sandbox1234", managementAccount: ACCOUNT },
    roles: [{ arn: role("nobody"), trust: JSON.parse(TRUST) as object }],
  })
  const iam = queryClient(sandbox.port, admin(), "iam")
  await iam("CreateRole", { RoleName: "deep", Path: "/a/b/", AssumeRolePolicyDocument: TRUST })
  nobody = await enter(role("nobody"))
})
afterAll(() => sandbox.close())

const TARGETS: Readonly<Record<string, string>> = {
  organizations: "AWSOrganizationsV20161128",
  cloudtrail: "CloudTrail_20131101",
  config: "StarlingDoveService",
  servicequotas: "ServiceQuotasV20190624",
  monitoring: "GraniteServiceVersion20100801",
}

function call(service: string, operation: string, input: object): Promise<Answer> {
  const target = TARGETS[service]
  return target === undefined
    ? queryClient(sandbox.port, nobody, service as "iam" | "ec2")(operation, input as Record<string, string>)
    : jsonClient(sandbox.port, nobody, service, target)(operation, input)
}

const ROWS: ReadonlyArray<
  readonly [service: string, operation: string, input: object, action: string, resource: string]
> = [
  ["iam", "CreateRole", named("r", { AssumeRolePolicyDocument: TRUST, Path: "/x/" }), "iam:CreateRole", role("x/r")],
  ["iam", "GetRole", named("deep"), "iam:GetRole", role("a/b/deep")],
  ["iam", "GetRole", named("missing"), "iam:GetRole", role("missing")],
  ["iam", "DeleteRole", named("deep"), "iam:DeleteRole", role("a/b/deep")],
  ["iam", "ListRoles", {}, "iam:ListRoles", role("")],
  ["iam", "UpdateRole", named("deep"), "iam:UpdateRole", role("a/b/deep")],
  ["iam", "UpdateRoleDescription", named("deep", { Description: "" }), "iam:UpdateRoleDescription", role("a/b/deep")],
  [
    "iam",
    "UpdateAssumeRolePolicy",
    named("deep", { PolicyDocument: TRUST }),
    "iam:UpdateAssumeRolePolicy",
    role("a/b/deep"),
  ],
  [
    "iam",
    "PutRolePolicy",
    named("deep", { PolicyName: "p", PolicyDocument: POLICY }),
    "iam:PutRolePolicy",
    role("a/b/deep"),
  ],
  ["iam", "GetRolePolicy", named("deep", { PolicyName: "p" }), "iam:GetRolePolicy", role("a/b/deep")],
  ["iam", "DeleteRolePolicy", named("deep", { PolicyName: "p" }), "iam:DeleteRolePolicy", role("a/b/deep")],
  ["iam", "ListRolePolicies", named("deep"), "iam:ListRolePolicies", role("a/b/deep")],
  ["iam", "AttachRolePolicy", named("deep", about(policy("p"))), "iam:AttachRolePolicy", role("a/b/deep")],
  ["iam", "DetachRolePolicy", named("deep", about(policy("p"))), "iam:DetachRolePolicy", role("a/b/deep")],
  ["iam", "ListAttachedRolePolicies", named("deep"), "iam:ListAttachedRolePolicies", role("a/b/deep")],
  [
    "iam",
    "PutRolePermissionsBoundary",
    named("deep", { PermissionsBoundary: policy("p") }),
    "iam:PutRolePermissionsBoundary",
    role("a/b/deep"),
  ],
  ["iam", "DeleteRolePermissionsBoundary", named("deep"), "iam:DeleteRolePermissionsBoundary", role("a/b/deep")],
  ["iam", "TagRole", named("deep"), "iam:TagRole", role("a/b/deep")],
  ["iam", "UntagRole", named("deep"), "iam:UntagRole", role("a/b/deep")],
  ["iam", "ListRoleTags", named("deep"), "iam:ListRoleTags", role("a/b/deep")],
  ["iam", "ListInstanceProfilesForRole", named("deep"), "iam:ListInstanceProfilesForRole", role("a/b/deep")],
  ["iam", "CreatePolicy", { PolicyName: "p", PolicyDocument: POLICY, Path: "/x/" }, "iam:CreatePolicy", policy("x/p")],
  ["iam", "GetPolicy", about(policy("p")), "iam:GetPolicy", policy("p")],
  ["iam", "DeletePolicy", about(policy("p")), "iam:DeletePolicy", policy("p")],
  [
    "iam",
    "CreatePolicyVersion",
    about(policy("p"), { PolicyDocument: POLICY }),
    "iam:CreatePolicyVersion",
    policy("p"),
  ],
  ["iam", "GetPolicyVersion", about(policy("p"), { VersionId: "v1" }), "iam:GetPolicyVersion", policy("p")],
  ["iam", "DeletePolicyVersion", about(policy("p"), { VersionId: "v1" }), "iam:DeletePolicyVersion", policy("p")],
  [
    "iam",
    "SetDefaultPolicyVersion",
    about(policy("p"), { VersionId: "v1" }),
    "iam:SetDefaultPolicyVersion",
    policy("p"),
  ],
  ["iam", "ListPolicyVersions", about(policy("p")), "iam:ListPolicyVersions", policy("p")],
  ["iam", "ListEntitiesForPolicy", about(policy("p")), "iam:ListEntitiesForPolicy", policy("p")],
  ["iam", "GetUser", { UserName: "u" }, "iam:GetUser", `arn:aws:iam::${ACCOUNT}:user/u`],
  [
    "iam",
    "CreateServiceLinkedRole",
    { AWSServiceName: "mrk.kms.amazonaws.com" },
    "iam:CreateServiceLinkedRole",
    role("aws-service-role/mrk.kms.amazonaws.com/*"),
  ],
  ["organizations", "DescribeOrganization", {}, "organizations:DescribeOrganization", "*"],
  ["organizations", "ListAccounts", {}, "organizations:ListAccounts", "*"],
  [
    "organizations",
    "DescribeAccount",
    { AccountId: WORKLOAD },
    "organizations:DescribeAccount",
    org(`account/o-sandbox1234/${WORKLOAD}`),
  ],
  ["organizations", "CreateAccount", { Email: "a@example.com", AccountName: "a" }, "organizations:CreateAccount", "*"],
  ["organizations", "ListRoots", {}, "organizations:ListRoots", "*"],
  [
    "organizations",
    "ListParents",
    { ChildId: WORKLOAD },
    "organizations:ListParents",
    org(`account/o-sandbox1234/${WORKLOAD}`),
  ],
  [
    "organizations",
    "CreateOrganizationalUnit",
    { ParentId: "r-sbx1", Name: "a" },
    "organizations:CreateOrganizationalUnit",
    org("root/o-sandbox1234/r-sbx1"),
  ],
  [
    "organizations",
    "DeleteOrganizationalUnit",
    { OrganizationalUnitId: "ou-sbx1-1" },
    "organizations:DeleteOrganizationalUnit",
    org("ou/o-sandbox1234/ou-sbx1-1"),
  ],
  [
    "organizations",
    "EnablePolicyType",
    { RootId: "r-sbx1", PolicyType: "SERVICE_CONTROL_POLICY" },
    "organizations:EnablePolicyType",
    org("root/o-sandbox1234/r-sbx1"),
  ],
  [
    "organizations",
    "CreatePolicy",
    { Name: "p", Description: "", Type: "SERVICE_CONTROL_POLICY", Content: POLICY },
    "organizations:CreatePolicy",
    "*",
  ],
  [
    "organizations",
    "AttachPolicy",
    { PolicyId: "p-12345678", TargetId: WORKLOAD },
    "organizations:AttachPolicy",
    org("policy/o-sandbox1234/service_control_policy/p-12345678"),
  ],
  [
    "organizations",
    "DetachPolicy",
    { PolicyId: "p-FullAWSAccess", TargetId: WORKLOAD },
    "organizations:DetachPolicy",
    "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
  ],
  [
    "organizations",
    "TagResource",
    { ResourceId: WORKLOAD, Tags: [] },
    "organizations:TagResource",
    org(`account/o-sandbox1234/${WORKLOAD}`),
  ],
  ["cloudtrail", "LookupEvents", {}, "cloudtrail:LookupEvents", "*"],
  ["monitoring", "PutMetricData", { Namespace: "DR", MetricData: [] }, "cloudwatch:PutMetricData", "*"],
  ["monitoring", "ListMetrics", {}, "cloudwatch:ListMetrics", "*"],
  ["monitoring", "DeleteAlarms", { AlarmNames: ["a"] }, "cloudwatch:DeleteAlarms", alarm],
  [
    "monitoring",
    "SetAlarmState",
    { AlarmName: "a", StateValue: "OK", StateReason: "r" },
    "cloudwatch:SetAlarmState",
    alarm,
  ],
  ["config", "DescribeConfigRules", {}, "config:DescribeConfigRules", "*"],
  [
    "config",
    "StartConfigurationRecorder",
    { ConfigurationRecorderName: "d" },
    "config:StartConfigurationRecorder",
    `arn:aws:config:eu-central-1:${ACCOUNT}:configuration-recorder/d`,
  ],
  ["ec2", "EnableEbsEncryptionByDefault", {}, "ec2:EnableEbsEncryptionByDefault", "*"],
  ["ec2", "DescribeRegions", {}, "ec2:DescribeRegions", "*"],
  ["servicequotas", "ListServiceQuotas", { ServiceCode: "kms" }, "servicequotas:ListServiceQuotas", "*"],
]

const CODES: Readonly<Record<string, string>> = {
  iam: "AccessDenied",
  ec2: "UnauthorizedOperation",
  monitoring: "AccessDenied",
}

describe("a role without permissions", () => {
  it.each(ROWS)("may not %s %s", async (service, operation, input, action, resource) => {
    const { text, json } = await call(service, operation, input)
    expect(element(text, "Code") ?? json["__type"]).toBe(CODES[service] ?? "AccessDeniedException")
    const who = `arn:aws:sts::${ACCOUNT}:assumed-role/nobody/s1`
    const where = resource === "*" ? "" : ` on resource: ${resource}`
    expect((element(text, "Message") ?? json["message"]).replace(" on resource: *", "")).toContain(
      `${who} is not authorized to perform: ${action}${where} because no identity-based policy allows`,
    )
  })
})

describe("what was just written", () => {
  it("decides the next call: attached policies, boundaries, service control policies", async () => {
    const iam = queryClient(sandbox.port, admin(), "iam")
    const RoleName = "keeper"
    await iam("CreateRole", { RoleName, AssumeRolePolicyDocument: TRUST })
    const kms = kmsClient(sandbox.port, await enter(role(RoleName)))
    const statusOf = async (operation: string): Promise<number> => (await kms(operation)).status
    expect(await statusOf("ListKeys")).toBe(400)

    const made = await iam("CreatePolicy", { PolicyName: "keys", PolicyDocument: POLICY })
    const PolicyArn = element(made.text, "Arn") ?? ""
    await iam("AttachRolePolicy", { RoleName, PolicyArn })
    expect([await statusOf("ListKeys"), await statusOf("ListAliases")]).toEqual([200, 200])

    const onlyKeys = document({ Effect: "Allow", Action: "kms:ListKeys", Resource: "*" })
    const bound = await iam("CreatePolicy", { PolicyName: "bound", PolicyDocument: onlyKeys })
    await iam("PutRolePermissionsBoundary", { RoleName, PermissionsBoundary: element(bound.text, "Arn") ?? "" })
    expect([await statusOf("ListKeys"), await statusOf("ListAliases")]).toEqual([200, 400])

    const onlyAliases = document({ Effect: "Allow", Action: "kms:ListAliases", Resource: "*" })
    await iam("CreatePolicyVersion", { PolicyArn, PolicyDocument: onlyAliases, SetAsDefault: "true" })
    await iam("DeleteRolePermissionsBoundary", { RoleName })
    expect([await statusOf("ListKeys"), await statusOf("ListAliases")]).toEqual([400, 200])
  })
  it("binds the administrators of member accounts, and not the management account's", async () => {
    const orgs = jsonClient(sandbox.port, admin(), "organizations", "AWSOrganizationsV20161128", "us-east-1")
    await orgs("EnablePolicyType", { RootId: "r-sbx1", PolicyType: "SERVICE_CONTROL_POLICY" })
    const deny = document({ Effect: "Deny", Action: "kms:ListKeys", Resource: "*" })
    const input = { Name: "no lists", Description: "", Type: "SERVICE_CONTROL_POLICY", Content: deny }
    const PolicyId = (await orgs("CreatePolicy", input)).json["Policy"].PolicySummary.Id
    await orgs("AttachPolicy", { PolicyId, TargetId: "r-sbx1" })
    expect((await kmsClient(sandbox.port, admin(WORKLOAD))("ListKeys")).json["message"]).toContain(
      "with an explicit deny in a service control policy",
    )
    expect((await kmsClient(sandbox.port, admin())("ListKeys")).status).toBe(200)
    await orgs("DetachPolicy", { PolicyId, TargetId: "r-sbx1" })
    expect((await kmsClient(sandbox.port, admin(WORKLOAD))("ListKeys")).status).toBe(200)
  })
})
