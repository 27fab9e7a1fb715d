import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, jsonClient, queryClient, type Answer } from "../support/signed-client.ts"

const MANAGEMENT = "333333333333"
const WORKLOAD = "111111111111"
const ID = "o-sandbox1234"
const ROOT = "r-sbx1"
const arn = (resource: string): string => `arn:aws:organizations::${MANAGEMENT}:${resource}`
const document = (statement: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [statement] })
const DENY = document({ Effect: "Deny", Action: "kms:ScheduleKeyDeletion", Resource: "*" })

let sandbox: Sandbox
let orgs: (operation: string, input?: object) => Promise<Answer>
const clientOf = (account: string, of = sandbox) =>
  jsonClient(of.port, of.credentialsFor(account), "organizations", "AWSOrganizationsV20161128", "us-east-1")
const OPTIONS = {
  accounts: [
    { id: WORKLOAD, name: "workload" },
    { id: MANAGEMENT, name: "management" },
  ],
  organization: { id: ID, managementAccount: MANAGEMENT },
}
beforeEach(async () => {
  sandbox = await startSandbox(OPTIONS)
  orgs = clientOf(MANAGEMENT)
})
afterEach(() => sandbox.close())

const codeOf = ({ json }: Answer): string | undefined => json["__type"]
const unit = async (Name: string, ParentId = ROOT): Promise<string> =>
  (await orgs("CreateOrganizationalUnit", { ParentId, Name })).json["OrganizationalUnit"].Id
const scp = async (Name: string, Content = DENY): Promise<string> => {
  const input = { Name, Description: "", Type: "SERVICE_CONTROL_POLICY", Content }
  return (await orgs("CreatePolicy", input)).json["Policy"].PolicySummary.Id
}
const enable = (PolicyType = "SERVICE_CONTROL_POLICY"): Promise<Answer> =>
  orgs("EnablePolicyType", { RootId: ROOT, PolicyType })
const attachedTo = async (TargetId: string, Filter = "SERVICE_CONTROL_POLICY"): Promise<string[]> =>
  (await orgs("ListPoliciesForTarget", { TargetId, Filter })).json["Policies"].map(
    (each: { Name: string }) => each.Name,
  )

describe("an organisation", () => {
  it("is told to its members, and nothing else is", async () => {
    const member = clientOf(WORKLOAD)
    const { json } = await member("DescribeOrganization")
    expect(json["Organization"]).toMatchObject({ Id: ID, MasterAccountId: MANAGEMENT, Arn: arn(`organization/${ID}`) })
    expect(codeOf(await member("ListRoots"))).toBe("AccessDeniedException")
  })
  it("can be founded once", async () => {
    expect(codeOf(await orgs("CreateOrganization", { FeatureSet: "ALL" }))).toBe("AlreadyInOrganizationException")
    const lone = await startSandbox({ accounts: [{ id: WORKLOAD, name: "workload" }] })
    try {
      const client = clientOf(WORKLOAD, lone)
      expect(codeOf(await client("DescribeOrganization"))).toBe("AWSOrganizationsNotInUseException")
      const { json } = await client("CreateOrganization", {})
      expect(json["Organization"]).toMatchObject({ MasterAccountId: WORKLOAD, FeatureSet: "ALL" })
      expect((await client("ListAccounts")).json["Accounts"]).toHaveLength(1)
    } finally {
      await lone.close()
    }
  })
  it("names no policy type as enabled before it is", async () => {
    expect((await orgs("ListRoots")).json["Roots"]).toEqual([
      { Id: ROOT, Arn: arn(`root/${ID}/${ROOT}`), Name: "Root", PolicyTypes: [] },
    ])
    const { json } = await enable()
    expect(json["Root"].PolicyTypes).toEqual([{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }])
    expect(codeOf(await enable())).toBe("PolicyTypeAlreadyEnabledException")
  })
})

describe("units", () => {
  it("stand under the root or under each other, five levels deep", async () => {
    let parent = ROOT
    for (const name of ["one", "two", "three", "four", "five"]) parent = await unit(name, parent)
    const sixth = await orgs("CreateOrganizationalUnit", { ParentId: parent, Name: "six" })
    expect([codeOf(sixth), sixth.json["Reason"]]).toEqual(["ConstraintViolationException", "OU_DEPTH_LIMIT_EXCEEDED"])
    const [top] = (await orgs("ListOrganizationalUnitsForParent", { ParentId: ROOT })).json["OrganizationalUnits"]
    expect(top.Name).toBe("one")
    const children = await orgs("ListChildren", { ParentId: top.Id, ChildType: "ORGANIZATIONAL_UNIT" })
    const [second] = children.json["Children"]
    expect((await orgs("ListParents", { ChildId: second.Id })).json["Parents"]).toEqual([
      { Id: top.Id, Type: "ORGANIZATIONAL_UNIT" },
    ])
  })
  it("have a name of their own under one parent", async () => {
    const first = await unit("prod")
    const second = await unit("test")
    const again = await orgs("CreateOrganizationalUnit", { ParentId: ROOT, Name: "prod" })
    expect(codeOf(again)).toBe("DuplicateOrganizationalUnitException")
    const renamed = { OrganizationalUnitId: second, Name: "prod" }
    expect(codeOf(await orgs("UpdateOrganizationalUnit", renamed))).toBe("DuplicateOrganizationalUnitException")
    await orgs("UpdateOrganizationalUnit", { ...renamed, Name: "stage" })
    const { json } = await orgs("DescribeOrganizationalUnit", { OrganizationalUnitId: second })
    expect(json["OrganizationalUnit"].Name).toBe("stage")
    expect(await unit("prod", first)).toMatch(/^ou-sbx1-[0-9a-f]{8}$/)
  })
  it("can be deleted when they are empty", async () => {
    const OrganizationalUnitId = await unit("prod")
    const move = { AccountId: WORKLOAD, SourceParentId: ROOT, DestinationParentId: OrganizationalUnitId }
    await orgs("MoveAccount", move)
    expect(codeOf(await orgs("DeleteOrganizationalUnit", { OrganizationalUnitId }))).toBe(
      "OrganizationalUnitNotEmptyException",
    )
    await orgs("MoveAccount", { AccountId: WORKLOAD, SourceParentId: OrganizationalUnitId, DestinationParentId: ROOT })
    expect((await orgs("DeleteOrganizationalUnit", { OrganizationalUnitId })).status).toBe(200)
    expect(codeOf(await orgs("DescribeOrganizationalUnit", { OrganizationalUnitId }))).toBe(
      "OrganizationalUnitNotFoundException",
    )
  })
})

describe("accounts", () => {
  it("tell where they stand", async () => {
    const prod = await unit("prod")
    const move = { AccountId: WORKLOAD, SourceParentId: ROOT, DestinationParentId: prod }
    expect((await orgs("MoveAccount", move)).status).toBe(200)
    const { Account: account } = (await orgs("DescribeAccount", { AccountId: WORKLOAD })).json
    expect(account).toMatchObject({
      State: "ACTIVE",
      Arn: arn(`account/${ID}/${WORKLOAD}`),
      Paths: [`${ID}/${ROOT}/${prod}/${WORKLOAD}/`],
    })
    expect((await orgs("ListAccountsForParent", { ParentId: prod })).json["Accounts"]).toEqual([account])
    expect(codeOf(await orgs("MoveAccount", move))).toBe("SourceParentNotFoundException")
    const nowhere = { ...move, SourceParentId: prod, DestinationParentId: "ou-sbx1-00000000" }
    expect(codeOf(await orgs("MoveAccount", nowhere))).toBe("DestinationParentNotFoundException")
  })
  it("that are made can be used at once", async () => {
    const wanted = { Email: "vault@example.com", AccountName: "vault", Tags: [{ Key: "tier", Value: "1" }] }
    const { CreateAccountStatus: asked } = (await orgs("CreateAccount", wanted)).json
    expect([asked.State, asked.AccountId]).toEqual(["IN_PROGRESS", undefined])
    const status = await orgs("DescribeCreateAccountStatus", { CreateAccountRequestId: asked.Id })
    const { State, AccountId } = status.json["CreateAccountStatus"]
    expect(State).toBe("SUCCEEDED")
    expect(sandbox.accounts.map(({ id }) => id)).toContain(AccountId)
    const tags = await orgs("ListTagsForResource", { ResourceId: AccountId })
    expect(tags.json["Tags"]).toEqual([{ Key: "tier", Value: "1" }])

    const own = queryClient(sandbox.port, sandbox.credentialsFor(AccountId), "sts")
    expect(element((await own("GetCallerIdentity")).text, "Account")).toBe(AccountId)
    const entry = { RoleArn: `arn:aws:iam::${AccountId}:role/OrganizationAccountAccessRole`, RoleSessionName: "s1" }
    const management = queryClient(sandbox.port, sandbox.credentialsFor(MANAGEMENT), "sts")
    expect((await management("AssumeRole", entry)).status).toBe(200)
    const workload = queryClient(sandbox.port, sandbox.credentialsFor(WORKLOAD), "sts")
    expect((await workload("AssumeRole", entry)).status).toBe(403)
  })
  it("share no e-mail address", async () => {
    const wanted = { Email: "vault@example.com", AccountName: "vault" }
    await orgs("CreateAccount", wanted)
    const { Id } = (await orgs("CreateAccount", wanted)).json["CreateAccountStatus"]
    const status = await orgs("DescribeCreateAccountStatus", { CreateAccountRequestId: Id })
    expect(status.json["CreateAccountStatus"]).toMatchObject({ State: "FAILED", FailureReason: "EMAIL_ALREADY_EXISTS" })
  })
})

describe("a service control policy", () => {
  it("stands beside FullAWSAccess, which every root, unit and account has", async () => {
    const prod = await unit("prod")
    await enable()
    for (const target of [ROOT, prod, WORKLOAD, MANAGEMENT]) expect(await attachedTo(target)).toEqual(["FullAWSAccess"])
    expect(await attachedTo(await unit("later"))).toEqual(["FullAWSAccess"])
    const PolicyId = await scp("no deletion")
    expect((await orgs("AttachPolicy", { PolicyId, TargetId: prod })).status).toBe(200)
    expect((await attachedTo(prod)).toSorted()).toEqual(["FullAWSAccess", "no deletion"])
    const targets = await orgs("ListTargetsForPolicy", { PolicyId })
    expect(targets.json["Targets"]).toEqual([
      { TargetId: prod, Arn: arn(`ou/${ID}/${prod}`), Name: "prod", Type: "ORGANIZATIONAL_UNIT" },
    ])
  })
  it("needs its type enabled, and once per target", async () => {
    const PolicyId = await scp("no deletion")
    const to = { PolicyId, TargetId: WORKLOAD }
    expect(codeOf(await orgs("AttachPolicy", to))).toBe("PolicyTypeNotEnabledException")
    await enable()
    await orgs("AttachPolicy", to)
    expect(codeOf(await orgs("AttachPolicy", to))).toBe("DuplicatePolicyAttachmentException")
    expect(codeOf(await orgs("DeletePolicy", { PolicyId }))).toBe("PolicyInUseException")
    await orgs("DetachPolicy", to)
    expect(codeOf(await orgs("DetachPolicy", to))).toBe("PolicyNotAttachedException")
    expect((await orgs("DeletePolicy", { PolicyId })).status).toBe(200)
    expect(codeOf(await orgs("DescribePolicy", { PolicyId }))).toBe("PolicyNotFoundException")
    expect(codeOf(await orgs("AttachPolicy", { ...to, TargetId: "999999999999" }))).toBe("PolicyNotFoundException")
  })
  it("leaves every target at least one and at most five", async () => {
    await enable()
    const last = await orgs("DetachPolicy", { PolicyId: "p-FullAWSAccess", TargetId: WORKLOAD })
    expect([codeOf(last), last.json["Reason"]]).toEqual([
      "ConstraintViolationException",
      "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
    ])
    for (const name of ["a", "b", "c", "d"])
      expect((await orgs("AttachPolicy", { PolicyId: await scp(name), TargetId: WORKLOAD })).status).toBe(200)
    const sixth = await orgs("AttachPolicy", { PolicyId: await scp("e"), TargetId: WORKLOAD })
    expect(sixth.json["Reason"]).toBe("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
  })
  it("of AWS is not to be changed", async () => {
    const update = await orgs("UpdatePolicy", { PolicyId: "p-FullAWSAccess", Name: "mine" })
    expect([codeOf(update), update.json["Reason"]]).toEqual(["InvalidInputException", "IMMUTABLE_POLICY"])
  })
  it("can be rewritten under its id", async () => {
    const PolicyId = await scp("no deletion")
    const Content = document({ Effect: "Deny", Action: "kms:DisableKey", Resource: "*" })
    await orgs("UpdatePolicy", { PolicyId, Content })
    const { Policy: policy } = (await orgs("DescribePolicy", { PolicyId })).json
    expect(policy).toMatchObject({ Content, PolicySummary: { Name: "no deletion", AwsManaged: false } })
    expect(policy.PolicySummary.Arn).toBe(arn(`policy/${ID}/service_control_policy/${PolicyId}`))
  })
  it("is all detached when its type is disabled", async () => {
    await enable()
    await orgs("AttachPolicy", { PolicyId: await scp("no deletion"), TargetId: WORKLOAD })
    await orgs("DisablePolicyType", { RootId: ROOT, PolicyType: "SERVICE_CONTROL_POLICY" })
    expect(await attachedTo(WORKLOAD)).toEqual([])
    await enable()
    expect(await attachedTo(WORKLOAD)).toEqual(["FullAWSAccess"])
  })
  it.each([
    ["no JSON", "Deny everything"],
    ["a principal", document({ Effect: "Deny", Principal: "*", Action: "*", Resource: "*" })],
    ["no resource", document({ Effect: "Deny", Action: "*" })],
  ])("with %s is malformed", async (_what, Content) => {
    const answer = await orgs("CreatePolicy", { Name: "x", Description: "", Type: "SERVICE_CONTROL_POLICY", Content })
    expect(codeOf(answer)).toBe("MalformedPolicyDocumentException")
  })
  it("has at most 5,120 characters", async () => {
    const of = (size: number): Promise<Answer> =>
      orgs("CreatePolicy", {
        Name: `of ${size}`,
        Description: "",
        Type: "SERVICE_CONTROL_POLICY",
        Content: DENY.padEnd(size),
      })
    expect((await of(5120)).status).toBe(200)
    expect((await of(5121)).json["Reason"]).toBe("POLICY_CONTENT_LIMIT_EXCEEDED")
  })
})

describe("a resource control policy", () => {
  const create = (Content: string): Promise<Answer> =>
    orgs("CreatePolicy", { Name: "rcp", Description: "", Type: "RESOURCE_CONTROL_POLICY", Content })

  it("can only deny, to everybody, and names its services", async () => {
    const deny = { Effect: "Deny", Principal: "*", Action: "kms:Decrypt", Resource: "*" }
    expect((await create(document(deny))).status).toBe(200)
    for (const change of [{ Effect: "Allow" }, { Action: "*" }, { Principal: { AWS: WORKLOAD } }])
      expect(codeOf(await create(document({ ...deny, ...change })))).toBe("MalformedPolicyDocumentException")
  })
  it("never takes the place of RCPFullAWSAccess", async () => {
    await enable("RESOURCE_CONTROL_POLICY")
    expect(await attachedTo(WORKLOAD, "RESOURCE_CONTROL_POLICY")).toEqual(["RCPFullAWSAccess"])
    const detach = await orgs("DetachPolicy", { PolicyId: "p-RCPFullAWSAccess", TargetId: WORKLOAD })
    expect(detach.json["Reason"]).toBe("NON_DETACHABLE_POLICY")
    expect(await attachedTo(WORKLOAD)).toEqual([])
  })
  it("does not bring back what was taken away of the other type", async () => {
    await enable()
    await orgs("AttachPolicy", { PolicyId: await scp("mine"), TargetId: WORKLOAD })
    await orgs("DetachPolicy", { PolicyId: "p-FullAWSAccess", TargetId: WORKLOAD })
    await enable("RESOURCE_CONTROL_POLICY")
    expect(await attachedTo(WORKLOAD)).toEqual(["mine"])
  })
})

describe("policy types", () => {
  it("that the sandbox lacks have no policies, and none can be made", async () => {
    expect((await orgs("ListPolicies", { Filter: "TAG_POLICY" })).json["Policies"]).toEqual([])
    expect((await enable("TAG_POLICY")).status).toBe(501)
    expect(codeOf(await orgs("ListPolicies", { Filter: "NO_POLICY" }))).toBe("InvalidInputException")
  })
})

describe("tags", () => {
  it("can be put on policies and units", async () => {
    for (const ResourceId of [await unit("prod"), await scp("p"), ROOT]) {
      await orgs("TagResource", {
        ResourceId,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      })
      await orgs("UntagResource", { ResourceId, TagKeys: ["a"] })
      const { json } = await orgs("ListTagsForResource", { ResourceId })
      expect(json["Tags"]).toEqual([{ Key: "b", Value: "2" }])
    }
    expect(codeOf(await orgs("TagResource", { ResourceId: "p-nothere1", Tags: [] }))).toBe("TargetNotFoundException")
  })
})

describe("small pages", () => {
  it("begin with an empty one, and a token fits its own list only", async () => {
    const small = await startSandbox({ ...OPTIONS, pageSize: 1 })
    try {
      const client = clientOf(MANAGEMENT, small)
      const seen: string[] = []
      let NextToken: string | undefined
      let first: string | undefined
      do {
        const { json } = await client("ListAccounts", NextToken === undefined ? {} : { NextToken })
        if (first === undefined) expect(json["Accounts"]).toEqual([])
        seen.push(...json["Accounts"].map((each: { Id: string }) => each.Id))
        NextToken = json["NextToken"]
        first ??= NextToken
      } while (NextToken !== undefined)
      expect(seen).toEqual([WORKLOAD, MANAGEMENT])
      expect(codeOf(await client("ListRoots", { NextToken: first }))).toBe("InvalidInputException")
    } finally {
      await small.close()
    }
  })
})
