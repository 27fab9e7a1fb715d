import {
  CreateAliasCommand,
  CreateGrantCommand,
  DeleteAliasCommand,
  RotateKeyOnDemandCommand,
} from "@aws-sdk/client-kms"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import type { EstateKey, KeyFacts, KeyInventory } from "../../../src/keys/status/key-inventory.ts"
import type { Sandbox } from "../../../src/sandbox/index.ts"
import {
  CENTRAL,
  inRegion,
  keySandbox,
  kmsIn,
  makeKey,
  NORTH,
  readKeys,
  RECOVERY,
  told,
  WEST,
  WORKLOAD,
} from "./key-world.ts"

let sandbox: Sandbox
let key: string
let inventory: KeyInventory

beforeAll(async () => {
  sandbox = await keySandbox()
  key = await makeKey(sandbox, {
    account: WORKLOAD,
    side: "workload",
    name: "observability",
    alias: "alias/observability",
    regions: [CENTRAL, WEST, NORTH],
  })
  await makeKey(sandbox, {
    account: RECOVERY,
    side: "recovery",
    name: "observability",
    alias: "alias/observability-recovery",
    regions: [WEST, CENTRAL],
  })
  await makeKey(sandbox, {
    account: WORKLOAD,
    side: "workload",
    name: "state",
    alias: "alias/state",
    regions: [CENTRAL],
    multiRegion: false,
  })
  await kmsIn(sandbox, WORKLOAD, CENTRAL).send(new RotateKeyOnDemandCommand({ KeyId: key }))
  for (const Name of ["a", "b", "c"])
    await kmsIn(sandbox, WORKLOAD, WEST).send(
      new CreateGrantCommand({
        KeyId: inRegion(key, WEST),
        Name,
        GranteePrincipal: `arn:aws:iam::${WORKLOAD}:role/dr-drill`,
        Operations: ["Decrypt"],
      }),
    )
  inventory = await readKeys(sandbox)
})
afterAll(() => sandbox.close())
afterEach(() => sandbox.faults.clear())

/** Each of two accounts is asked once, and knows after a tenth of a second. */
const IMPATIENT = { deadlineMs: 400, attempts: 1, unanswered: 1 }

const keyOf = (from: KeyInventory, side: EstateKey["side"], name: string): EstateKey =>
  from.keys.find((each) => each.name === name && each.side === side) as EstateKey
const factsIn = (from: KeyInventory, region: string): KeyFacts => {
  const place = keyOf(from, "workload", "observability").places.find((each) => each.region === region)
  if (place?.kind !== "found") throw new Error(`observability is ${place?.kind} in ${region}`)
  return place.facts
}

describe("keys behind their aliases", () => {
  it("are read in every Region that dr.yaml names, in its order", () => {
    expect(inventory.keys.map(({ side, name, places }) => [side, name, places.map(told)])).toEqual([
      ["workload", "observability", [`found ${CENTRAL} PRIMARY`, `found ${WEST} REPLICA`, `found ${NORTH} REPLICA`]],
      ["recovery", "observability", [`found ${WEST} PRIMARY`, `found ${CENTRAL} REPLICA`]],
      ["workload", "state", [`found ${CENTRAL} SINGLE`]],
      ["recovery", "state", [`absent ${WEST}`]],
    ])
  })

  it("name their primary first: who sees a replica alone must not take it for the primary", () => {
    const places = keyOf(inventory, "recovery", "observability").places
    expect(places.map((place) => (place.kind === "found" ? place.facts.related[0] : place.kind))).toEqual(
      Array.from(places, () => expect.stringContaining(`:kms:${WEST}:`)),
    )
  })

  it("tell rotation and materials at the primary, grants of every page where they are", () => {
    const primary = factsIn(inventory, CENTRAL)
    expect(primary).toMatchObject({
      arn: key,
      state: "Enabled",
      origin: "AWS_KMS",
      spec: "SYMMETRIC_DEFAULT",
      description: "observability key",
      aliases: ["alias/observability"],
      grants: [],
      rotation: { enabled: true, periodDays: 365 },
      tags: { "dr:env": "prod", "dr:key": "observability", "dr:side": "workload" },
      gaps: [],
    })
    expect(primary.materials?.map(({ rotation }) => rotation?.type)).toEqual([undefined, "ON_DEMAND"])
    const replica = factsIn(inventory, WEST)
    expect(replica).toMatchObject({ state: "Enabled", multiRegionType: "REPLICA", gaps: [] })
    expect(replica.grants?.map(({ name }) => name).sort()).toEqual(["a", "b", "c"])
    expect([replica.rotation, replica.materials]).toEqual([undefined, undefined])
  })

  it("have no strays while nothing is missing, and none are searched for", () => {
    expect(keyOf(inventory, "workload", "observability")).toMatchObject({ strays: [] })
  })
})

describe("what nobody can read", () => {
  it("is unread where a Region is silent, and costs the others nothing", async () => {
    sandbox.faults.add({ kind: "black-hole", region: NORTH })
    const [workload] = (await readKeys(sandbox, { patience: IMPATIENT })).keys
    expect(workload?.places.map(told)).toEqual([`found ${CENTRAL} PRIMARY`, `found ${WEST} REPLICA`, `unread ${NORTH}`])
    expect(workload?.places[2]).toMatchObject({
      unreachable: true,
      arn: inRegion(key, NORTH),
      why: expect.stringContaining(`${NORTH} does not answer`) as string,
    })
  })

  it("asks a silent Region once, and not for every key", async () => {
    sandbox.faults.add({ id: "hole", kind: "black-hole", region: CENTRAL })
    const read = await readKeys(sandbox, { patience: IMPATIENT })
    expect(read.keys.flatMap(({ places }) => places.map(told))).toContain(`unread ${CENTRAL}`)
    expect(sandbox.faults.list().find(({ rule }) => rule.id === "hole")?.struck).toBe(2) // an attempt in each account
  })

  it("goes on with a session from another Region where STS is silent", async () => {
    sandbox.faults.add({ kind: "black-hole", region: WEST })
    const read = await readKeys(sandbox, { patience: IMPATIENT, otherRegions: [CENTRAL] })
    expect(keyOf(read, "recovery", "observability").places.map(told)).toEqual([
      `unread ${WEST}`,
      `found ${CENTRAL} REPLICA`,
    ])
  })

  it("is a gap with its reason where AWS refuses one question", async () => {
    sandbox.faults.add({ kind: "deny", service: "kms", operation: "GetKeyPolicy", region: WEST })
    sandbox.faults.add({ kind: "deny", service: "kms", operation: "GetKeyLastUsage", region: WEST })
    const facts = factsIn(await readKeys(sandbox), WEST)
    expect([facts.state, facts.policy, facts.gaps.map(({ what }) => what)]).toEqual([
      "Enabled",
      undefined,
      ["policy", "use"],
    ])
    expect(facts.gaps[0]?.why).toContain("GetKeyPolicy")
  })

  it("is unread, never absent, in an account that nobody may enter", async () => {
    sandbox.faults.add({ kind: "deny", service: "sts", operation: "AssumeRole" })
    const read = await readKeys(sandbox)
    expect(keyOf(read, "recovery", "observability").places.map(told)).toEqual([`unread ${WEST}`, `unread ${CENTRAL}`])
    expect(keyOf(read, "recovery", "state").places[0]).toMatchObject({ kind: "unread", unreachable: false })
    expect(keyOf(read, "workload", "observability").places.map(told)).toContain(`found ${CENTRAL} PRIMARY`)
  })

  it("finds keys by their aliases also where nobody may list them, and says that their aliases are not known", async () => {
    sandbox.faults.add({ kind: "deny", service: "kms", operation: "ListAliases" })
    const facts = factsIn(await readKeys(sandbox), CENTRAL)
    expect([facts.arn, facts.aliases, facts.gaps.map(({ what }) => what)]).toEqual([key, undefined, ["aliases"]])
  })
})

describe("keys that no alias leads to", () => {
  it("are found through a related key, and by our tags", async () => {
    const workload = kmsIn(sandbox, WORKLOAD, NORTH)
    await workload.send(new DeleteAliasCommand({ AliasName: "alias/observability" }))
    const stray = await makeKey(sandbox, {
      account: WORKLOAD,
      side: "workload",
      name: "observability",
      regions: [WEST],
    })
    const read = await readKeys(sandbox)
    const { places, strays, straysUnknown } = keyOf(read, "workload", "observability")
    expect(places.map(told)[2]).toBe(`found ${NORTH} REPLICA`)
    expect(places[2]).toMatchObject({ facts: { aliases: [] } })
    expect([strays.map(({ arn }) => arn), straysUnknown]).toEqual([[stray], undefined])
    expect(keyOf(read, "recovery", "observability").strays).toEqual([])
  })

  it("may be there where keys could not be looked at", async () => {
    sandbox.faults.add({ kind: "deny", service: "kms", operation: "ListKeys", region: WEST })
    const { strays, straysUnknown } = keyOf(await readKeys(sandbox), "workload", "observability")
    expect([strays, straysUnknown]).toEqual([[], expect.stringContaining("ListKeys") as string])
  })

  it("are the wanted one's relatives where the alias points to another key", async () => {
    const other = await makeKey(sandbox, { account: WORKLOAD, side: "workload", name: "other", regions: [NORTH] })
    const kms = kmsIn(sandbox, WORKLOAD, NORTH)
    await kms.send(new CreateAliasCommand({ AliasName: "alias/observability", TargetKeyId: other }))
    const { places, strays } = keyOf(await readKeys(sandbox), "workload", "observability")
    expect(places[2]).toMatchObject({ kind: "found", facts: { arn: other } })
    expect(strays.map(({ arn }) => arn)).toContain(inRegion(key, NORTH))
  })
})
