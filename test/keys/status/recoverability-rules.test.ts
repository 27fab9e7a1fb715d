import { describe, expect, it } from "vitest"
import { demoEnvironment, PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import { keyAccess } from "../../../src/keys/status/key-access.ts"
import type { FoundPlace, KeyFacts, KeyInventory, KeyPlace } from "../../../src/keys/status/key-inventory.ts"
import { INCIDENTS, recoverability, type RecoverabilityFacts } from "../../../src/keys/status/recoverability.ts"
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
})
