import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ACCOUNTS, PRIMARY, RECOVERY, demoConfig, demoSandbox } from "../../src/demo/world.ts"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import { renderPolicies } from "../../src/keys/policy/render.ts"
import { buildDeps } from "../../src/runtime/deps.ts"
import { openActors, type ActorFlags } from "../../src/runtime/key-actors.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"

/** Two people's profiles, one in each account, and the roles as dr renders them. */
let sandbox: Sandbox
let folder: string
const before = { ...process.env }
const asked: string[] = []
const PLAN = "sha256:00"
const DEVICE = { workload: "arn:aws:iam::111111111111:mfa/ann", recovery: "arn:aws:iam::222222222222:mfa/ann" }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-actors-"))
  sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
  const profiles = Object.entries(ACCOUNTS).map(([name, { id }]) => {
    const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(id)
    return `[${name}]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`
  })
  writeFileSync(join(folder, "credentials"), profiles.join("\n"))
  process.env["AWS_SHARED_CREDENTIALS_FILE"] = join(folder, "credentials")
  process.env["AWS_CONFIG_FILE"] = join(folder, "none")
})
afterAll(async () => {
  process.env = before
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

async function actors(flags: ActorFlags) {
  const text = demoConfig(sandbox.endpoint)
  const estate = loadEstate({ path: "dr.yaml", text })
  const interruption = { signal: new AbortController().signal, abort: () => undefined, dispose: () => undefined }
  const deps = buildDeps({ interruption, stateDir: folder, version: "test", profile: "workload" })
  const line = async (question: string): Promise<string> => {
    asked.push(question)
    return "123456"
  }
  const opened = await openActors(deps, {
    estate,
    environment: environmentOf(estate, "demo"),
    flags,
    plan: PLAN,
    prompt: { line },
  })
  return opened
}
const policyOf = (template: string): string => {
  const estate = loadEstate({ path: "dr.yaml", text: demoConfig(sandbox.endpoint) })
  const found = renderPolicies(environmentOf(estate, "demo")).find((policy) => policy.template === template)
  return JSON.stringify(found?.document)
}
const newKey = (policy: string) =>
  ({ description: "", policy, tags: {}, origin: "AWS_KMS", multiRegion: true }) as const
const both = {
  in: ["recovery=recovery"],
  mfa: [`workload=${DEVICE.workload}`, `222222222222=${DEVICE.recovery}`],
  "source-identity": "ann",
}

describe("actors of keys", () => {
  it("become break-glass in both accounts, each with its own identity, factor and the plan", async () => {
    const opened = await actors(both)
    try {
      const here = await opened.admin(ACCOUNTS.workload.id, "break-glass")
      expect(here.principal).toContain(":assumed-role/break-glass/")
      await here.createKey(PRIMARY, newKey(policyOf("primary")))
      const there = await opened.admin(ACCOUNTS.recovery.id, "break-glass")
      expect(there.account).toBe(ACCOUNTS.recovery.id)
      await there.createKey(RECOVERY, newKey(policyOf("recovery-key")))
      await opened.admin(ACCOUNTS.workload.id, "break-glass")
      expect(asked).toEqual([
        `Code of ${DEVICE.workload} for workload/break-glass: `,
        `Code of ${DEVICE.recovery} for recovery/break-glass: `,
      ])
    } finally {
      opened.close()
    }
  })
  it("operate in the other account as who runs dr, also where people of that account are named", async () => {
    const opened = await actors(both)
    try {
      const operator = await opened.admin(ACCOUNTS.recovery.id, "operator")
      expect(operator.principal).toContain(":assumed-role/key-operator/")
    } finally {
      opened.close()
    }
  })
  it("read and operate without a second factor", async () => {
    const opened = await actors({})
    try {
      expect(await (await opened.reader(ACCOUNTS.recovery.id)).aliasesIn(RECOVERY)).toEqual([])
      const operator = await opened.admin(ACCOUNTS.recovery.id, "operator")
      expect(operator.principal).toContain(":assumed-role/key-operator/")
    } finally {
      opened.close()
    }
  })
  it.each([
    ["no second factor", { "source-identity": "ann" }, ACCOUNTS.workload.id, "--mfa workload="],
    ["no identity there", { ...both, in: [] }, ACCOUNTS.recovery.id, "--in recovery=PROFILE"],
  ])("tell what to pass: %s", async (_name, flags, account, hint) => {
    const opened = await actors(flags)
    try {
      const refused = opened.admin(account, "break-glass")
      await expect(refused).rejects.toMatchObject({ code: "E_ASSUME_ROLE", exit: 77 })
      const { hints } = (await refused.catch((thrown: unknown) => thrown)) as { hints: string[] }
      expect(hints.join("\n")).toContain(hint)
    } finally {
      opened.close()
    }
  })
  it.each([["nobody=x"], ["workload"], ["workload="], ["=x"]])("refuse --in %s", async (given) => {
    await expect(actors({ in: [given] })).rejects.toMatchObject({ code: "E_USAGE", exit: 64 })
  })
})
