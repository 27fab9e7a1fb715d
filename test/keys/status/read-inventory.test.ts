import { CreateGrantCommand, RotateKeyOnDemandCommand } from "@aws-sdk/client-kms"
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
