import { describe, expect, it } from "vitest"
import { demoEnvironment, PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import type { KeyArn } from "../../../src/kernel/brands.ts"
import { renderedInventory } from "../../../src/keys/rendered-inventory.ts"
import { keyAccess } from "../../../src/keys/status/key-access.ts"
import type { FoundPlace, KeyFacts, KeyInventory, KeyPlace } from "../../../src/keys/status/key-inventory.ts"
import {
  INCIDENTS,
  recoverability,
  type EscrowFacts,
  type RecoverabilityFacts,
} from "../../../src/keys/status/recoverability.ts"
import { demoInventory, withPlace } from "./demo-inventory.ts"

const environment = demoEnvironment()
const whole = demoInventory(environment)
const withoutData = { ...environment, datasets: [] }
const NOW = Date.parse("2026-11-24T02:17:00Z")

const judge = (inventory: KeyInventory, given: Partial<RecoverabilityFacts> = {}) => {
  const used = given.environment ?? environment
  const access = keyAccess(used, inventory)
  return recoverability(inventory, { environment: used, access, escrow: new Map(), proofs: [], now: NOW, ...given })
}
const row = (inventory: KeyInventory, side: "workload" | "recovery", given: Partial<RecoverabilityFacts> = {}) =>
  judge(inventory, given).find((each) => each.side === side)?.cells ?? []
const classes = (...args: Parameters<typeof row>) => row(...args).map((cell) => cell.class)

const facts =
  (change: Partial<KeyFacts>) =>
  (place: FoundPlace): KeyPlace => ({ ...place, facts: { ...place.facts, ...change } })
const unread = ({ region }: FoundPlace): KeyPlace => ({
  kind: "unread",
  region,
  wanted: true,
  why: "no answer",
  unreachable: true,
})

describe("recoverability of the demo's estate", () => {
  it("judges each incident of both keys, in one order", () => {
    expect(row(whole, "workload").map(({ incident }) => incident)).toEqual([...INCIDENTS])
    const usual = ["minutes", "minutes", "from-copy", "cannot-happen", "from-copy", "from-copy", "from-copy"]
    expect(classes(whole, "workload")).toEqual(usual)
    expect(classes(whole, "recovery")).toEqual(usual)
  })
  it.each([
    ["Disabled", facts({ state: "Disabled" })],
    ["not read", unread],
    ["absent", ({ region }: FoundPlace): KeyPlace => ({ kind: "absent", region, wanted: true })],
    ["without a policy that was read", facts({ policy: undefined as unknown as string })],
  ])("lets no copy carry under a recovery key that is %s", (_, change) => {
    const inventory = withPlace(whole, "recovery", RECOVERY, change)
    expect(classes(inventory, "workload")).toEqual([
      "minutes",
      "minutes",
      "unrecoverable",
      "cannot-happen",
      "support-case",
      "unrecoverable",
      "unrecoverable",
    ])
  })
  it("needs the recovery key in the Region of the copies, not just somewhere", () => {
    const inventory = withPlace(whole, "recovery", PRIMARY, unread)
    expect(classes(inventory, "workload")).toEqual(classes(whole, "workload"))
  })
  it("never judges a key that was not read better than one that was", () => {
    const inventory = withPlace(whole, "workload", PRIMARY, unread)
    expect(classes(inventory, "workload").slice(0, 3)).toEqual(["from-copy", "from-copy", "from-copy"])
    expect(row(inventory, "workload")[0]?.reason).toContain("was not read (the Region does not answer)")
    expect(classes(inventory, "recovery").slice(2, 3)).toEqual(["unrecoverable"])
  })
  it("says that it is so now, where a Region gives no answer or nobody is left to set the policy", () => {
    const current = (inventory: KeyInventory) => row(inventory, "workload").map((cell) => cell.current)
    expect(current(whole)).toEqual(Array.from(INCIDENTS, () => undefined))
    expect(current(withPlace(whole, "workload", PRIMARY, unread))[5]).toBe(`${PRIMARY} gives no answer`)
    const locked = facts({ policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) })
    expect(current(withPlace(whole, "workload", PRIMARY, locked))[4]).toContain("nobody of the estate may")
    expect(current(withPlace(whole, "workload", PRIMARY, facts({ policy: "{}" })))[4]).toBeUndefined()
  })
  it("names the key that lost its alias, rather than calling it gone", () => {
    const absent = ({ region }: FoundPlace): KeyPlace => ({ kind: "absent", region, wanted: true })
    const lost = withPlace(whole, "workload", PRIMARY, absent)
    const [place] = whole.keys[0]?.places ?? []
    if (place?.kind !== "found") throw new Error("the demo has a primary")
    const inventory = { ...lost, keys: lost.keys.map((key) => ({ ...key, strays: [place.facts] })) }
    expect(row(inventory, "workload")[0]?.reason).toContain(`${place.facts.arn} carries its tags without its alias`)
  })
  it("shows the clock of a key that is pending deletion, and judges it deleted once its date has passed", () => {
    const pending = (deletionAt: string) =>
      withPlace(whole, "workload", PRIMARY, facts({ state: "PendingDeletion", deletionAt }))
    const before = row(pending("2026-11-26T02:17:00.000Z"), "workload")[1]
    expect([before?.class, before?.current]).toEqual([
      "minutes",
      "PendingDeletion: deleted at 2026-11-26T02:17:00.000Z, in 2 d 0 h",
    ])
    const after = row(pending("2026-11-24T02:16:59.000Z"), "workload")[1]
    expect([after?.class, after?.current]).toEqual([
      "from-copy",
      "PendingDeletion: its date 2026-11-24T02:16:59.000Z has passed",
    ])
  })
  it("tells the oldest of the datasets' last proofs, and none while one dataset has none", () => {
    const proof = (dataset: string, at: string, simulated = false) => ({
      dataset,
      at,
      run: `dr-${dataset}`,
      drill: "x",
      simulated,
    })
    const most = ["tfstate", "loki", "mimir"].map((name, at) => proof(name, `2026-11-2${at}T00:00:00.000Z`))
    const open = row(whole, "workload", { proofs: most })[2]
    expect([open?.proof, open?.reason]).toEqual([
      undefined,
      expect.stringContaining("no drill has read the copy of tempo"),
    ])
    const all = [...most, proof("tempo", "2026-10-01T00:00:00.000Z"), proof("tempo", "2026-11-01T00:00:00.000Z", true)]
    expect(row(whole, "workload", { proofs: all })[2]?.proof).toEqual({
      at: "2026-11-01T00:00:00.000Z",
      run: "dr-tempo",
      simulated: true,
    })
  })
})

const { operator, breakGlass } = environment.workload.roles
const allowing = (action: string | string[], principal: string, Condition?: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: principal },
        Action: action,
        Resource: "*",
        ...(Condition && { Condition }),
      },
    ],
  })
const withPolicy = (policy: string) => withPlace(whole, "workload", PRIMARY, facts({ policy }))
const ROOT = "arn:aws:iam::111111111111:root"

describe("who may", () => {
  it.each([
    ["a role that may for sure", allowing("kms:EnableKey", operator ?? ""), "minutes", operator],
    ["break-glass, under a name and a plan", allowing("kms:*", breakGlass ?? ""), "minutes", breakGlass],
    ["the root user, where the account is named", allowing("kms:*", ROOT), "minutes", ROOT],
    ["whoever may set the policy", allowing("kms:PutKeyPolicy", breakGlass ?? ""), "minutes", breakGlass],
    [
      "nobody, where it hangs on an address",
      allowing("kms:*", operator ?? "", { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } }),
      "from-copy",
      undefined,
    ],
    [
      "nobody, where only a service is named",
      allowing("kms:*", "arn:aws:iam::111111111111:role/x"),
      "from-copy",
      undefined,
    ],
    ["nobody, where the policy means nothing", "{}", "from-copy", undefined],
    ["nobody, where the policy is no JSON", "{", "from-copy", undefined],
  ])("is %s", (_, policy, claim, who) => {
    const [disabled] = row(withPolicy(policy), "workload")
    expect(disabled?.class, disabled?.reason).toBe(claim)
    if (who !== undefined) expect(disabled?.by).toEqual([who])
  })
  it("says when an answer is open, rather than that nobody may", () => {
    const policy = allowing("kms:*", operator ?? "", { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } })
    expect(row(withPolicy(policy), "workload")[0]?.reason).toContain("whether the operator may cannot be told")
  })
  it("hears what the roles and SCPs that were read say, where they were", () => {
    const deny = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "kms:*", Resource: "*" }] }
    const rendered = renderedInventory(environment)
    const accounts = rendered.accounts.map((account) => ({
      ...account,
      scps: [{ target: account.id, policies: [{ name: "quarantine", document: deny }] }],
    }))
    const access = keyAccess(environment, whole, { ...rendered, accounts })
    expect(classes(whole, "workload", { access })[0]).toBe("support-case")
  })
})

describe("an account that turned hostile", () => {
  it("keeps the door of the recovery role, unless dr.yaml names a runner elsewhere", () => {
    const needs = (runners: string[]) =>
      row(whole, "workload", { environment: { ...environment, runners: runners as never } })[6]?.needs.join()
    expect(needs([])).toContain("iam:UpdateAssumeRolePolicy")
    expect(needs(["arn:aws:iam::111111111111:role/ci"])).toContain("iam:UpdateAssumeRolePolicy")
    expect(needs(["arn:aws:iam::222222222222:role/commander"])).not.toContain("iam:UpdateAssumeRolePolicy")
  })
})

describe("imported material", () => {
  const keys = environment.keys.map((key) => ({ ...key, origin: "EXTERNAL" as const }))
  const external = demoInventory({ ...environment, keys })
  const arn = external.keys[0]?.places.flatMap((place) =>
    place.kind === "found" ? [place.facts.arn] : [],
  )[0] as KeyArn
  const set = { set: "set-7", keyArn: arn, materialIds: ["m1"], custodians: 5, threshold: 3 }
  const lost = (change: Partial<EscrowFacts>, inventory = external) =>
    row(inventory, "workload", { escrow: new Map([["observability", [{ ...set, ...change }]]]) })[3]

  it("comes back from its custodians, and says so when they never proved it", () => {
    const open = lost({})
    expect([open?.class, open?.proof]).toEqual(["minutes", undefined])
    expect(open?.reason).toContain("no drill has ever put them together")
    const proof = { at: "2026-11-01T00:00:00.000Z", run: "dr-x", simulated: false }
    expect(lost({ proof })?.proof).toEqual(proof)
  })
  it.each([
    ["is of another key", { keyArn: arn.replace(/a$/, "b") as KeyArn }, "is of another key"],
    ["lacks one of the materials", { materialIds: ["m0"] }, "lacks material m1"],
  ])("does not come back by a set that %s", (_, change, why) => {
    const cell = lost(change)
    expect([cell?.class, cell?.reason]).toEqual(["from-copy", expect.stringContaining(why)])
  })
  it("comes back from several sets that hold it together, and is proven when each of them is", () => {
    const inventory = withPlace(
      external,
      "workload",
      PRIMARY,
      facts({ materials: ["m1", "m2"].map((id) => ({ id, state: "CURRENT" })) }),
    )
    const proof = (at: string) => ({ at, run: `by-${at}`, simulated: false })
    const sets = [
      { ...set, proof: proof("2026-11-01T00:00:00.000Z") },
      { ...set, set: "set-8", materialIds: ["m2"], proof: proof("2026-10-01T00:00:00.000Z") },
    ]
    const cell = row(inventory, "workload", { escrow: new Map([["observability", sets]]) })[3]
    expect([cell?.class, cell?.proof?.at]).toEqual(["minutes", "2026-10-01T00:00:00.000Z"])
    expect(cell?.reason).toContain("3 of 5 custodians of set-7 and 3 of 5 custodians of set-8")
    const half = row(inventory, "workload", { escrow: new Map([["observability", sets.slice(0, 1)]]) })[3]
    expect([half?.class, half?.reason]).toEqual(["from-copy", expect.stringContaining("lacks material m2")])
  })
  it("does not come back while nobody read which materials there are", () => {
    const inventory = withPlace(external, "workload", PRIMARY, facts({ materials: undefined as never }))
    expect(lost({}, inventory)?.reason).toContain("was not read")
  })
  it("is not read on from a Region where it expires as well", () => {
    const bare = {
      ...environment,
      datasets: [],
      keys: keys.map((key) => ({ ...key, policy: "seed-default" as const })),
    }
    const usable = demoInventory(bare)
    expect(classes(usable, "workload", { environment: bare })[3]).toBe("instant")
    const dated = withPlace(usable, "workload", RECOVERY, facts({ materialExpiresAt: "2026-12-01T00:00:00.000Z" }))
    const cell = row(dated, "workload", { environment: bare })[3]
    expect([cell?.class, cell?.reason]).toEqual(["unrecoverable", expect.stringContaining("expires too")])
  })
})

describe("recoverability of a key without datasets", () => {
  it("is unrecoverable where AWS has no way back and there is no replica", () => {
    const inventory = withPlace(whole, "workload", RECOVERY, unread)
    expect(classes(inventory, "workload", { environment: withoutData })).toEqual([
      "minutes",
      "minutes",
      "unrecoverable",
      "cannot-happen",
      "support-case",
      "unrecoverable",
      "unrecoverable",
    ])
  })

  const usable = { ...withoutData, keys: withoutData.keys.map((key) => ({ ...key, policy: "seed-default" as const })) }
  it.each([
    ["Enabled, related and open to somebody", () => facts({}), "instant"],
    ["no replica of it", () => facts({ related: [] }), "unrecoverable"],
    ["Disabled", () => facts({ state: "Disabled" }), "unrecoverable"],
    ["still Creating", () => facts({ state: "Creating" }), "unrecoverable"],
    ["not read", () => unread, "unrecoverable"],
    ["closed to everybody", () => facts({ policy: allowing("kms:DescribeKey", ROOT) }), "unrecoverable"],
  ])("is read on in a Region where the key is %s: %s", (_, change, claim) => {
    const inventory = withPlace(demoInventory(usable), "workload", RECOVERY, change())
    expect(classes(inventory, "workload", { environment: usable })[5]).toBe(claim)
  })
})
