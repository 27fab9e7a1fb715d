import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ACCOUNTS, PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import { dyingAt, essence, Killed, session, type Session } from "./applying.ts"
import { emptyDemoEstate, type DemoEstate } from "./demo-estate.ts"

/** Everything that an apply can be asked to do is asked of it, so that it can die at every kind of call. */
const full = (config: string): string =>
  config.replace(
    "        policy: guarded\n",
    `        policy: guarded
        description: what the kill test looks after
        tags: { team: platform }
        grants: [{ name: sampler, grantee: "arn:aws:iam::111111111111:role/observability-loki-role", operations: [DescribeKey] }]
`,
  )
const CALLS = 12

const before = { ...process.env }
let wanted: unknown
const open: DemoEstate[] = []
const estate = async (): Promise<DemoEstate> => {
  const demo = await emptyDemoEstate(full)
  Object.assign(process.env, demo.env)
  open.push(demo)
  return demo
}
beforeAll(async () => {
  const demo = await estate()
  const one = await session(demo)
  await one.apply(await one.plan())
  wanted = essence(await one.table.readInventory())
  one.close()
})
afterAll(async () => {
  process.env = before
  for (const demo of open) await demo.close()
})

/** Every key that there is, wherever dr.yaml lets one be: an orphan would be one more. */
async function keyCount({ table }: Session): Promise<number[]> {
  const counts: number[] = []
  for (const account of [ACCOUNTS.workload.id, ACCOUNTS.recovery.id]) {
    const reader = await table.actors.reader(account)
    for (const region of [PRIMARY, RECOVERY]) counts.push((await reader.keysIn(region)).length)
  }
  return counts
}

async function endsTheSame(one: Session): Promise<void> {
  expect(essence(await one.table.readInventory())).toEqual(wanted)
  expect(await keyCount(one)).toEqual([1, 1, 1, 1])
  expect((await one.plan()).steps).toEqual([])
}

const kills = Array.from({ length: CALLS }, (_, at) => at + 1).flatMap((call) => [
  [call, "before"] as const,
  [call, "after"] as const,
])

describe("an apply that is killed", () => {
  it.each(kills)("at change %i, %s it is done, goes on and ends the same", async (call, when) => {
    const demo = await estate()
    const meddle = dyingAt(call, when)
    const first = await session(demo, { meddle })
    const plan = await first.plan()
    await expect(first.apply(plan)).rejects.toThrow(Killed)
    first.close()
    const second = await session(demo)
    const applied = await second.apply(plan)
    expect(applied.resumed).toBe(true)
    expect(applied.proofs.map(({ result }) => result)).toEqual(["proven"])
    await endsTheSame(second)
    second.close()
  })

  it.each([1, 2, 3, 5, 8, 9])("after change %i is finished by a new plan when its memory is lost too", async (call) => {
    const demo = await estate()
    const first = await session(demo, { meddle: dyingAt(call, "after") })
    await expect(first.apply(await first.plan())).rejects.toThrow(Killed)
    first.close()
    const second = await session(demo, { state: "another-machine" })
    const plan = await second.plan()
    expect((await second.apply(plan)).resumed).toBe(false)
    await endsTheSame(second)
    second.close()
  })

  it("counted every change there is", async () => {
    const demo = await estate()
    const meddle = dyingAt(CALLS + 1, "before")
    const one = await session(demo, { meddle })
    await one.apply(await one.plan())
    expect(meddle.died()).toBe(false)
    one.close()
  })
})
