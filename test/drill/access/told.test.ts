import {
  CreatePolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam"
import {
  AttachPolicyCommand,
  CreatePolicyCommand as CreateOrganizationPolicyCommand,
  DetachPolicyCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { connectAws } from "../../../src/aws/ports.ts"
import { rehearsalPort } from "../../../src/aws/rehearsal-port.ts"
import { createKeys, writeData } from "../../../src/demo/set-up.ts"
import { ACCOUNTS, DATASETS, RECOVERY, demoConfig, demoSandbox } from "../../../src/demo/world.ts"
import { resolveScope } from "../../../src/drill/resolve-scope.ts"
import { runDrill } from "../../../src/drill/run.ts"
import type { DrillDefinition } from "../../../src/drill/schema.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf } from "../../../src/estate/topology.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"

/** What a drill says to a person about missing rights: short, once each, and an advice that helps. */
let sandbox: Sandbox
let iam: IAMClient
let whole: string
const ROLE = "arn:aws:iam::222222222222:role/dr-recovery"
const undo: Array<() => Promise<unknown>> = []

const definition: DrillDefinition = {
  apiVersion: "dr/v1",
  kind: "Drill",
  name: "loki-sample",
  title: "Loki comes back",
  hypothesis: "a sample can be restored",
  datasets: ["loki"],
  sample: { size: 3, from: ["recovery-copy", "source"] },
  rewrapDataKeys: 1,
  expect: { source: "readable" },
}

const admin = (account: string) => ({
  endpoint: sandbox.endpoint,
  region: "us-east-1",
  credentials: sandbox.credentialsFor(account),
  ignoreConfiguredEndpointUrls: true,
})

beforeAll(async () => {
  sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
  const deps = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
  const port = (account: string) => rehearsalPort(deps, sandbox.endpoint, account, sandbox.credentialsFor(account))
  const administrators = { workload: port(ACCOUNTS.workload.id), recovery: port(ACCOUNTS.recovery.id) }
  const loki = DATASETS.filter(({ kind }) => kind === "loki").map((dataset) => ({ ...dataset, objects: 8 }))
  await writeData(administrators, await createKeys(administrators), deps.signal, loki)
  iam = new IAMClient(admin(ACCOUNTS.recovery.id))
  const { PolicyDocument = "" } = await iam.send(
    new GetRolePolicyCommand({ RoleName: "dr-recovery", PolicyName: "seeded" }),
  )
  whole = decodeURIComponent(PolicyDocument)
})
afterEach(async () => {
  for (const each of undo.splice(0)) await each()
  sandbox.faults.clear()
})
afterAll(() => sandbox.close())

async function told(
  edit = (config: string): string => config,
): Promise<{ lines: readonly string[]; differing: readonly string[] }> {
  const warnings: string[] = []
  const environment = environmentOf(loadEstate({ path: "dr.yaml", text: edit(demoConfig(sandbox.endpoint)) }), "demo")
  const deps = {
    clock: systemClock,
    emit: (type: string, data: unknown) => {
      if (type === "warning") warnings.push((data as { message: string }).message)
    },
    signal: new AbortController().signal,
  }
  const aws = await connectAws({
    deps,
    endpoint: sandbox.endpoint,
    region: RECOVERY,
    credentials: async () => sandbox.credentialsFor(ACCOUNTS.workload.id),
  })
  const scope = resolveScope(environment, definition, { seed: "s" })
  const { reasons } = await runDrill(scope, { aws, run: "dr-20261124T020004Z-7f3a", ...deps })
  aws.close()
  return { lines: reasons.flatMap((each) => each.split("\n")), differing: warnings }
}

async function without(...sids: readonly string[]): Promise<void> {
  const put = (text: string) =>
    iam.send(new PutRolePolicyCommand({ RoleName: "dr-recovery", PolicyName: "seeded", PolicyDocument: text }))
  const { Version, Statement } = JSON.parse(whole) as { Version: string; Statement: Array<{ Sid: string }> }
  await put(JSON.stringify({ Version, Statement: Statement.filter(({ Sid }) => !sids.includes(Sid)) }))
  undo.push(() => put(whole))
}

async function scp(statement: object): Promise<void> {
  const client = new OrganizationsClient(admin(ACCOUNTS.management.id))
  const { Roots } = await client.send(new ListRootsCommand({}))
  await client
    .send(new EnablePolicyTypeCommand({ RootId: Roots?.[0]?.Id, PolicyType: "SERVICE_CONTROL_POLICY" }))
    .catch(() => undefined)
  const { Policy } = await client.send(
    new CreateOrganizationPolicyCommand({
      Name: "guard-rail",
      Description: "",
      Type: "SERVICE_CONTROL_POLICY",
      Content: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    }),
  )
  const attached = { PolicyId: Policy?.PolicySummary?.Id, TargetId: ACCOUNTS.recovery.id }
  await client.send(new AttachPolicyCommand(attached))
  undo.push(() => client.send(new DetachPolicyCommand(attached)))
}

async function boundary(name: string, actions: readonly string[]): Promise<void> {
  const document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] }
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: name, PolicyDocument: JSON.stringify(document) }),
  )
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: "dr-recovery", PermissionsBoundary: Policy?.Arn }))
  undo.push(() => iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "dr-recovery" })))
}

describe("a drill whose rights are not complete", () => {
  it("blames the right that AWS names, not the call that needed it", async () => {
    await without("ReadsTheSourceThroughS3")
    const { lines, differing } = await told()
    expect(lines.join("\n")).toContain('"Sid":"ReadsTheSourceThroughS3"')
    expect(lines.filter((line) => /s3:GetObject(Version)? on/.test(line))).toEqual([])
    expect(differing).toEqual([])
  })

  it("tells each statement once, with all rights that it gives, for the source in the other account too", async () => {
    await without("ReadsSourceAndCopies", "ListsSourceAndCopies")
    const { lines } = await told()
    const statements = lines.filter((line) => line.includes("add to "))
    expect(statements.map((line) => /"Sid":"(\w+)"/.exec(line)?.[1])).toEqual([
      "ListsSourceAndCopies",
      "ReadsSourceAndCopies",
    ])
    expect(lines.join("\n")).toMatch(/s3:ListBucket on arn:aws:s3:::demo-loki to list the source of loki/)
    expect(lines.join("\n")).not.toContain('"Resource":"s3://')
  })

  it("does not advise an Allow where an SCP denies", async () => {
    await scp({ Sid: "NoDecrypt", Effect: "Deny", Action: ["kms:Decrypt", "s3:ListBucket"], Resource: "*" })
    const { lines, differing } = await told()
    const text = lines.join("\n")
    expect(text).toContain("s3:ListBucket on arn:aws:s3:::demo-loki ")
    expect(text).toMatch(/service control policies above account 222222222222 denies it: exempt .*dr-recovery/)
    expect(text).not.toContain('"Effect":"Allow"')
    expect(differing.join("\n")).toMatch(/kms:Decrypt on .* is allowed by the policies, denied by AWS/)
  })

  it("names the Deny of a policy that it can read", async () => {
    const { Version, Statement } = JSON.parse(whole) as { Version: string; Statement: object[] }
    const deny = { Sid: "NoClearing", Effect: "Deny", Action: "s3:DeleteObjectVersion", Resource: "*" }
    const put = (text: string) =>
      iam.send(new PutRolePolicyCommand({ RoleName: "dr-recovery", PolicyName: "seeded", PolicyDocument: text }))
    await put(JSON.stringify({ Version, Statement: [...Statement, deny] }))
    undo.push(() => put(whole))
    const text = (await told()).lines.join("\n")
    expect(text).toMatch(/may not s3:DeleteObjectVersion on .* \(a policy denies it\)/)
    expect(text).toMatch(/Deny by statement \d+ \(NoClearing\) of seeded of dr-recovery: exempt/)
    expect(text).not.toContain('"Effect":"Allow"')
  })

  it("tells once what it cannot read, and the statement that reads it even past a boundary", async () => {
    await boundary("unread", ["s3:*", "kms:*", "iam:GetRole*", "iam:List*"])
    const { lines } = await told()
    expect(lines.filter((line) => line.includes("because boundary of"))).toHaveLength(1)
    const remedies = lines.filter(
      (line) => line.includes("arn:aws:iam::222222222222:policy/unread") && line.includes("{"),
    )
    expect(remedies.map((line) => /"Action":"(\w+:\w+)"/.exec(line)?.[1])).toEqual([
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
    ])
    expect(lines.length).toBeLessThan(20)
  })

  it("names the boundary that is in the way", async () => {
    await boundary("narrow", ["s3:Get*", "s3:List*", "kms:*", "iam:*"])
    const text = (await told()).lines.join("\n")
    expect(text).toMatch(new RegExp(`s3:PutObject on .*\\n  the permissions boundary of ${ROLE} must allow it too`))
  })

  it("advises no statement where STS was too busy to give a role", async () => {
    sandbox.faults.add({ kind: "throttle", service: "sts", operation: "AssumeRole" })
    const text = (await told()).lines.join("\n")
    expect(text).toMatch(/cannot assume .*Rate exceeded$/)
  })

  it("names a scratch bucket that is not there, not the rights on it", async () => {
    const { lines } = await told((config) => config.replace("bucket: demo-dr-scratch", "bucket: demo-nowhere"))
    expect(lines.join("\n")).toMatch(/^s3:PutObject on s3:\/\/demo-nowhere\/.*NoSuchBucket/)
  })

  it("advises no statement where IAM was only too busy to answer", async () => {
    sandbox.faults.add({ kind: "throttle", service: "iam", operation: "GetRole" })
    const { lines } = await told()
    expect(lines.join("\n")).toMatch(/Rate exceeded\n {2}run the drill again when that works/)
    expect(lines.join("\n")).not.toContain('"Effect"')
  })
})
