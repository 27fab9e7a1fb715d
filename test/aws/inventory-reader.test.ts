import { CreateAliasCommand } from "@aws-sdk/client-kms"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Inventory, NamedPolicy } from "../../src/access/inventory.ts"
import { connectInventory } from "../../src/aws/inventory-reader.ts"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import type { RegionName } from "../../src/kernel/brands.ts"
import type { Clock } from "../../src/kernel/clock.ts"
import { readLiveInventory } from "../../src/keys/live-inventory.ts"
import { liveScope } from "../../src/keys/live-scope.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"
import { kmsOf, liveWorld, MANAGEMENT, RECOVERY, role, STRANGER, WORKLOAD, type LiveWorld } from "./live-world.ts"

let world: LiveWorld
let inventory: Inventory

/** Retries without their pauses. */
const clock: Clock = { ...systemClock, sleep: async () => undefined }

async function read(config: string, as = WORKLOAD): Promise<Inventory> {
  const signal = new AbortController().signal
  const port = await connectInventory({
    deps: { clock, emit: () => undefined, signal },
    endpoint: world.sandbox.endpoint,
    region: "eu-west-1" as RegionName,
    credentials: async () => world.sandbox.credentialsFor(as),
    sessionName: "test",
  })
  try {
    const estate = loadEstate({ path: "dr.yaml", text: config })
    const scope = liveScope(estate, environmentOf(estate, "live"))
    return await readLiveInventory(port, { scope, takenAt: "2026-11-24T00:00:00.000Z", signal })
  } finally {
    port.close()
  }
}

beforeAll(async () => {
  world = await liveWorld()
  inventory = await read(world.config)
})
afterAll(() => world.sandbox.close())

/** AWS hands policies over as text. */
const parsed = (policy: NamedPolicy | undefined): unknown =>
  typeof policy?.document === "string" ? JSON.parse(policy.document) : undefined
const gapsOf = (subject: string) =>
  (inventory.gaps ?? []).filter((gap) => gap.subject === subject).map(({ what, why }) => ({ what, why }))

describe("keys", () => {
  it("finds the primary by its alias, and the replica through it, which has none", () => {
    expect(
      inventory.keys.map(({ arn, region, multiRegionType, aliases }) => [arn, region, multiRegionType, aliases]),
    ).toEqual([
      [world.key, "eu-central-1", "PRIMARY", ["alias/live"]],
      [world.key.replace("eu-central-1", "eu-west-1"), "eu-west-1", "REPLICA", []],
      [world.recoveryKey, "eu-west-1", undefined, ["alias/live-recovery"]],
    ])
  })

  it("reads every page of grants with their constraints", () => {
    const [primary] = inventory.keys
    expect(primary?.grants.map((grant) => grant.name).sort()).toEqual([
      "grant-1",
      "grant-2",
      "grant-3",
      "grant-4",
      "grant-5",
    ])
    expect(primary?.grants.find((grant) => grant.name === "grant-3")).toMatchObject({
      keyArn: world.key,
      grantee: role(WORKLOAD, "dr-drill"),
      operations: ["Decrypt", "DescribeKey"],
      constraints: { encryptionContextSubset: { "aws:s3:arn": "arn:aws:s3:::live-loki/3" } },
    })
  })

  it("reads policy, tags, state and rotation", () => {
    expect(inventory.keys[0]).toMatchObject({
      account: WORKLOAD,
      label: "observability",
      state: "Enabled",
      origin: "AWS_KMS",
      tags: { env: "live" },
      rotation: { enabled: true, periodDays: 365 },
    })
    expect(parsed(inventory.keys[0]?.policy)).toMatchObject({
      Statement: [{ Action: "kms:*" }, {}, {}],
    })
  })

  it("tells what the reading role may not do, and nothing more", () => {
    expect(gapsOf(world.recoveryKey)).toEqual([
      { what: "grants", why: expect.stringMatching(/kms:ListGrants .*AccessDenied/) as string },
    ])
    expect(inventory.keys[2]).toMatchObject({ label: "observability-recovery", grants: [], state: "Enabled" })
  })
})

describe("roles", () => {
  const principal = (arn: string) => inventory.principals.find((each) => each.arn === arn)

  it("reads a role with every policy, boundary, trust and tags", () => {
    const app = principal(role(WORKLOAD, "team/app"))
    expect(app?.identity.map(({ name }) => name).sort()).toEqual([
      `arn:aws:iam::${WORKLOAD}:policy/app-keys`,
      "lists of app",
      "reads of app",
      "writes of app",
    ])
    expect(parsed(app?.identity.find(({ name }) => name === "reads of app"))).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::live-loki/reads/*" }],
    })
    expect(app).toMatchObject({
      account: WORKLOAD,
      boundary: { name: `arn:aws:iam::${WORKLOAD}:policy/app-boundary` },
      tags: { team: "observability" },
      trust: { document: expect.stringContaining("sts:AssumeRole") as string },
    })
  })

  it("has a gap for each role that it may not read, that is not there, or whose account nobody can enter", () => {
    const denied = gapsOf(role(RECOVERY, "dr-recovery"))
    expect(denied.map(({ what }) => what).sort()).toEqual(["boundary", "identity", "trust"])
    expect(denied[0]?.why).toMatch(/iam:GetRole .*AccessDenied/)
    expect(gapsOf(role(WORKLOAD, "gone"))[0]?.why).toMatch(/NoSuchEntity/)
    expect(gapsOf(role(STRANGER, "auditor"))[0]?.why).toContain(`dr.yaml has no account ${STRANGER}`)
    expect(principal(role(RECOVERY, "dr-recovery"))).toMatchObject({ label: "recovery", identity: [] })
  })
})

describe("buckets", () => {
  it("reads Region, policy and the key that its default encryption names by alias", () => {
    const [loki, copy] = inventory.buckets
    expect(loki).toMatchObject({ name: "live-loki", account: WORKLOAD, region: "eu-central-1", keyArn: world.key })
    expect(parsed(loki?.policy)).toMatchObject({ Statement: [{ Action: "s3:GetObject" }] })
    expect(copy).toEqual({ name: "live-loki-recovery", account: RECOVERY, region: "eu-west-1", label: "loki-recovery" })
  })

  it("has a gap for a bucket that is not there, none for one without a policy", () => {
    expect(gapsOf("arn:aws:s3:::live-scratch").map(({ what }) => what)).toEqual(["policy", "state"])
    expect(gapsOf("arn:aws:s3:::live-loki-recovery")).toEqual([])
  })
})

describe("the organisation", () => {
  const account = (id: string) => inventory.accounts.find((each) => each.id === id)
  const named = (levels: ReadonlyArray<{ target: string; policies: ReadonlyArray<{ name: string }> }> | undefined) =>
    levels?.map(({ target, policies }) => [
      target.slice(0, 2),
      policies.map(({ name }) => name.replace(/ .*/, "")).sort(),
    ])

  it("reads the SCPs of every level as a role of the management account", () => {
    expect(inventory.organization).toEqual({ id: "o-livetest1234", managementAccount: MANAGEMENT })
    expect(named(account(WORKLOAD)?.scps)).toEqual([
      ["r-", ["FullAWSAccess"]],
      ["ou", ["FullAWSAccess", "no-deletion"]],
      ["11", ["FullAWSAccess"]],
    ])
    expect(account(WORKLOAD)?.orgPath).toMatch(new RegExp(`^o-livetest1234/r-[a-z0-9]+/${world.unit}/$`))
    expect(named(account(RECOVERY)?.scps)?.map(([target]) => target)).toEqual(["r-", "22"])
    expect(gapsOf(WORKLOAD)).toEqual([])
  })

  it("leaves a stranger out of it: an account in the list would count as a member", () => {
    expect(account(STRANGER)).toBeUndefined()
    expect(gapsOf(STRANGER).map(({ what }) => what)).toEqual(["scps", "rcps"])
  })

  it("has a gap for each account when nobody can ask the management account", async () => {
    const config = world.config.replace(/roles: \{ operator: [^}]*org-reader \}/, "roles: {}")
    const { gaps = [], accounts } = await read(config)
    const governed = gaps.filter(({ subject, what }) => subject === WORKLOAD && (what === "scps" || what === "rcps"))
    expect(governed.map(({ what, why }) => [what, /organizations:ListParents .*AccessDenied/.test(why)])).toEqual([
      ["scps", true],
      ["rcps", true],
    ])
    expect(accounts.find(({ id }) => id === WORKLOAD)).toEqual({ id: WORKLOAD, name: "prod", scps: [], rcps: [] })
  })
})

describe("when much is gone", () => {
  it("reads what is left of a key whose primary Region does not answer", async () => {
    const replica = world.key.replace("eu-central-1", "eu-west-1")
    await kmsOf(world.sandbox, WORKLOAD, "eu-west-1").send(
      new CreateAliasCommand({ AliasName: "alias/live", TargetKeyId: replica }),
    )
    world.sandbox.faults.add({
      kind: "error",
      status: 500,
      code: "InternalError",
      service: "kms",
      region: "eu-central-1",
    })
    try {
      const { keys, gaps = [] } = await read(world.config)
      const [there, gone] = [keys.find(({ arn }) => arn === replica), keys.find(({ arn }) => arn === world.key)]
      expect(there).toMatchObject({ state: "Enabled", aliases: ["alias/live"] })
      expect(there?.policy).toBeDefined()
      expect(gone).not.toHaveProperty("policy")
      expect(gone).not.toHaveProperty("state")
      const missing = gaps.filter(({ subject }) => subject === world.key)
      expect(missing.map(({ what }) => what).sort()).toEqual(["aliases", "grants", "policy", "state", "tags"])
      expect(missing.every(({ why }) => why.includes("InternalError"))).toBe(true)
    } finally {
      world.sandbox.faults.clear()
    }
  })

  it("hands over nothing when not one key could be found", async () => {
    const config = world.config.replaceAll("alias/live", "alias/nothing")
    await expect(read(config)).rejects.toMatchObject({
      code: "E_INVENTORY_EMPTY",
      exit: 1,
      message: expect.stringContaining("alias/nothing") as string,
    })
  })

  it("says that there is no identity instead of a gap for each item", async () => {
    const as = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wrong" }
    const connecting = connectInventory({
      deps: { clock: systemClock, emit: () => undefined, signal: new AbortController().signal },
      endpoint: world.sandbox.endpoint,
      region: "eu-west-1" as RegionName,
      credentials: async () => as,
      sessionName: "test",
    })
    await expect(connecting).rejects.toMatchObject({ code: "E_CREDENTIALS", exit: 77 })
  })
})
