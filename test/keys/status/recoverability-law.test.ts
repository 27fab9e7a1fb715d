import fc from "fast-check"
import { expect, it } from "vitest"
import { demoEnvironment, PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import type { RoleArn } from "../../../src/kernel/brands.ts"
import { keyAccess } from "../../../src/keys/status/key-access.ts"
import type { FoundPlace, KeyInventory, KeyPlace } from "../../../src/keys/status/key-inventory.ts"
import { recoverability, type RecoveryClass } from "../../../src/keys/status/recoverability.ts"
import { demoInventory, withPlace } from "./demo-inventory.ts"

const RANK: readonly RecoveryClass[] = [
  "cannot-happen",
  "instant",
  "minutes",
  "from-copy",
  "support-case",
  "unrecoverable",
]

const changed = (change: object) => (place: FoundPlace) => ({ ...place, facts: { ...place.facts, ...change } })
/** Whatever is worse than what was there, or not known any more. */
const WORSE: ReadonlyArray<(place: FoundPlace) => KeyPlace> = [
  ({ region }) => ({ kind: "unread", region, wanted: true, why: "no answer", unreachable: true }),
  ({ region }) => ({ kind: "absent", region, wanted: true }),
  changed({ state: "Disabled" }),
  changed({ state: "PendingImport" }),
  changed({ policy: undefined }),
  changed({ policy: "{}" }),
  changed({ policy: "no JSON" }),
  changed({ grants: undefined }),
  changed({ tags: undefined }),
  changed({ aliases: undefined }),
  changed({ materials: undefined }),
]

const demo = demoEnvironment()
const app = `arn:aws:iam::${demo.workload.id}:role/app` as RoleArn
const bare = {
  ...demo,
  datasets: [],
  keys: demo.keys.map((key) => ({ ...key, users: [app], policy: "seed-default" as const })),
}
const external = { ...demo, keys: demo.keys.map((key) => ({ ...key, origin: "EXTERNAL" as const })) }

/** Of every cell; a set of shares is there, so that every class can come out. */
const ranks = (environment: typeof demo, inventory: KeyInventory): number[] => {
  const keyArn = inventory.keys[0]?.places.flatMap((place) => (place.kind === "found" ? [place.facts.arn] : []))[0]
  const set = { set: "s", keyArn: keyArn ?? "", materialIds: ["m1"], custodians: 5, threshold: 3 }
  const escrow = new Map([["observability", [set as never]]])
  const facts = { environment, access: keyAccess(environment, inventory), escrow, proofs: [], now: 0 }
  return recoverability(inventory, facts).flatMap((row) => row.cells.map((cell) => RANK.indexOf(cell.class)))
}

it("never judges anything better for knowing or having less", () => {
  const places = fc.constantFrom(
    ...(["workload", "recovery"] as const).flatMap((side) => [PRIMARY, RECOVERY].map((region) => ({ side, region }))),
  )
  const losses = fc.array(fc.record({ at: places, how: fc.nat(WORSE.length - 1) }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.constantFrom(demo, bare, external), losses, (environment, lost) => {
      let inventory = demoInventory(environment)
      let before = ranks(environment, inventory)
      for (const { at, how } of lost) {
        inventory = withPlace(inventory, at.side, at.region, WORSE[how]!)
        const after = ranks(environment, inventory)
        const better = after.flatMap((rank, cell) => (rank < (before[cell] ?? 0) ? [cell] : []))
        expect(better).toEqual([])
        before = after
      }
    }),
    { numRuns: 60 },
  )
})
