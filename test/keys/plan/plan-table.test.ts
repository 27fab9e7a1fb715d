import { readdirSync, readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { demoConfig } from "../../../src/demo/world.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../../../src/estate/topology.ts"
import type { KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import type { EstateKey, KeyFacts, KeyInventory, KeyPlace } from "../../../src/keys/status/key-inventory.ts"
import { after, keptInventory, planOf } from "./plan-world.ts"

/** One row: what is changed in a world where everything is as dr.yaml wants it, and what the plan then says. */
interface Row {
  readonly name: string
  /** Put below `policy: guarded` of the key in dr.yaml. */
  readonly config?: string
  readonly instead?: readonly (readonly [string, string])[]
  /** By side. */
  readonly absent?: Readonly<Record<string, readonly string[]>>
  readonly unread?: Readonly<Record<string, readonly string[]>>
  /** Facts that differ, by `side@region`. */
  readonly facts?: Readonly<Record<string, Partial<KeyFacts>>>
  /** Keys without an alias, by side: facts over those of the kept key in that Region. */
  readonly strays?: Readonly<Record<string, readonly (Partial<KeyFacts> & { region: string; id: string })[]>>
  readonly straysUnknown?: Readonly<Record<string, string>>
  readonly alsoIn?: Readonly<Record<string, string>>
  readonly revoke?: readonly string[]
  /** Ids of the steps, in their order. */
  readonly steps: readonly string[]
  /** `code`, `code!` (blocks) or `code~` (nothing of dr.yaml is missing), with `@region`. */
  readonly problems: readonly string[]
}

const FOLDER = new URL("../../cases/keys/plan/", import.meta.url)
const rows = readdirSync(FOLDER).flatMap((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Row[])

function environmentFor({ config, instead = [] }: Pick<Row, "config" | "instead">): ResolvedEnvironment {
  let text = demoConfig("http://127.0.0.1:4599")
  if (config !== undefined)
    text = text.replace("        policy: guarded\n", `        policy: guarded\n        ${config}\n`)
  for (const [from, to] of instead) {
    if (!text.includes(from)) throw new Error(`dr.yaml has no ${from}`)
    text = text.replace(from, to)
  }
  return environmentOf(loadEstate({ path: "dr.yaml", text }), "demo")
}

function inventoryFor(row: Row, environment: ResolvedEnvironment): KeyInventory {
  const inventory = keptInventory(environment)
  return { ...inventory, keys: inventory.keys.map((key) => keyFor(row, key)) }
}

function keyFor(row: Row, key: EstateKey): EstateKey {
  const { side } = key
  const gone = row.absent?.[side] ?? []
  const relatedOnly = (arns: readonly KeyArn[]): KeyArn[] =>
    arns.filter((arn) => !gone.some((region) => arn.includes(`:${region}:`)))
  const places = key.places.map((place): KeyPlace => {
    const { region } = place
    if (gone.includes(region)) return { kind: "absent", region, wanted: true }
    if (row.unread?.[side]?.includes(region))
      return { kind: "unread", region, wanted: true, why: "no answer", unreachable: true }
    if (place.kind !== "found") return place
    const changed = { ...place.facts, related: relatedOnly(place.facts.related), ...row.facts?.[`${side}@${region}`] }
    // JSON has no undefined: null stands for what was not read.
    const facts = Object.fromEntries(
      Object.entries(changed).filter(([, value]) => value !== null),
    ) as unknown as KeyFacts
    return { ...place, facts }
  })
  const template = (region: string): KeyFacts | undefined =>
    key.places.flatMap((place) => (place.kind === "found" && place.region === region ? [place.facts] : []))[0]
  const strays = (row.strays?.[side] ?? []).map(({ id, region, ...rest }): KeyFacts => {
    const facts = template(region)
    if (facts === undefined) throw new Error(`no Region ${region}`)
    const renamed = (arn: string): KeyArn => arn.replace(/key\/.*/, `key/${id}`) as KeyArn
    return {
      ...facts,
      arn: renamed(facts.arn),
      related: [renamed(facts.arn)],
      aliases: [],
      ...rest,
      region: facts.region,
    }
  })
  const more = row.alsoIn?.[side]
  const extra: KeyPlace[] = more === undefined ? [] : [extraPlace(key, more as RegionName)]
  const unknown = row.straysUnknown?.[side]
  return { ...key, places: [...places, ...extra], strays, ...(unknown === undefined ? {} : { straysUnknown: unknown }) }
}

function extraPlace(key: EstateKey, region: RegionName): KeyPlace {
  const [first] = key.places
  if (first?.kind !== "found") throw new Error("the first place is not there")
  const arn = first.facts.arn.replace(`:${first.region}:`, `:${region}:`) as KeyArn
  return { kind: "found", region, wanted: false, facts: { ...first.facts, arn, region, multiRegionType: "REPLICA" } }
}

describe("keys plan", () => {
  it.each(rows)("$name", (row) => {
    const environment = environmentFor(row)
    const plan = planOf(environment, inventoryFor(row, environment), row.revoke)
    expect(plan.steps.map(({ id }) => id)).toEqual(row.steps)
    const problems = plan.problems.map(
      ({ code, region, blocks, unmet }) =>
        `${code}${blocks ? "!" : unmet ? "" : "~"}${region === undefined ? "" : `@${region}`}`,
    )
    expect(problems).toEqual(row.problems)
    expect(plan.problems.every(({ hint }) => hint.length > 10)).toBe(true)
  })
})

const REGIONS = ["eu-central-1", "eu-west-1"]
const TEAM = "{ team: platform }"
const changes = fc.record({
  absent: fc.record({ workload: fc.subarray(REGIONS), recovery: fc.subarray(REGIONS) }),
  config: fc.constantFrom(
    undefined,
    `tags: ${TEAM}`,
    "description: kept by a law",
    `grants: [{ name: one, grantee: "arn:aws:iam::111111111111:role/terraform", operations: [Decrypt] }]`,
    'users: ["arn:aws:iam::111111111111:role/terraform"]',
  ),
  drift: fc.record({
    tags: fc.option(fc.constant({}), { nil: undefined }),
    rotation: fc.option(fc.constant({ enabled: false }), { nil: undefined }),
    aliases: fc.option(fc.constant([] as string[]), { nil: undefined }),
    policy: fc.option(
      fc.constant(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"kms:*","Resource":"*"}]}',
      ),
      { nil: undefined },
    ),
  }),
})

describe("laws of plans", () => {
  it("after every step of a plan nothing is left, and after each step the rest is what was planned", () => {
    fc.assert(
      fc.property(changes, ({ absent, config, drift }) => {
        // A replica without its primary is the table's business: no step makes a primary.
        const whole = Object.fromEntries(
          Object.entries(absent).map(([side, regions]) => {
            const first = side === "workload" ? "eu-central-1" : "eu-west-1"
            return [side, regions.includes(first) ? REGIONS : regions]
          }),
        )
        const environment = environmentFor(config === undefined ? {} : { config })
        const facts = Object.fromEntries(Object.entries(drift).filter(([, value]) => value !== undefined))
        const { rotation: _rotation, ...replica } = facts
        let inventory = inventoryFor(
          {
            name: "",
            absent: whole,
            facts: { "workload@eu-central-1": facts, "workload@eu-west-1": replica },
            steps: [],
            problems: [],
          },
          environment,
        )
        const plan = planOf(environment, inventory)
        expect(planOf(environment, inventory)).toEqual(plan)
        for (const [at, step] of plan.steps.entries()) {
          inventory = after(inventory, step, environment)
          const left = planOf(environment, inventory).steps.map(({ id }) => id)
          expect(left.toSorted()).toEqual(
            plan.steps
              .slice(at + 1)
              .map(({ id }) => id)
              .toSorted(),
          )
        }
        expect(new Set(plan.steps.map(({ id }) => id)).size).toBe(plan.steps.length)
      }),
      { numRuns: 30 },
    )
  })
})
