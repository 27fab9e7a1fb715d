import { describe, expect, it } from "vitest"
import { RefreshingCredentials } from "../../../src/aws/refreshing-credentials.ts"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import { fakeClock } from "../../support/fake-clock.ts"
import { attemptUntilSettled, planned, routesIn, routeWorld, workOn } from "../support/route-world.ts"

const LIFE = 3_000

/** Every call asks for the session that stands now, as the wire's signer does. */
function signedBy(plane: DataPlane, sign: () => Promise<void>): DataPlane {
  return new Proxy(plane, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name)
      if (typeof own !== "function") return own
      return async (...asked: readonly unknown[]): Promise<unknown> => {
        await sign()
        return Reflect.apply(own, target, asked) as unknown
      }
    },
  })
}

describe("26: sessions that live three seconds", () => {
  it.each([
    ["by our clock as well", LIFE],
    ["while our clock gives them an hour", 3_600_000],
  ])("and end %s carry a run of many minutes: nothing fails, nothing is written twice", async (_how, told) => {
    const clock = fakeClock()
    const lives = new Map<string, number>()
    const credentials = new RefreshingCredentials(clock, async () => {
      const accessKeyId = `ASIA${lives.size}`
      lives.set(accessKeyId, clock.now() + LIFE)
      return { accessKeyId, secretAccessKey: "s", sessionToken: "t", expiration: new Date(clock.now() + told) }
    })
    let expired = 0
    let session = ""
    const world = routeWorld({
      context: { verify: "head" },
      faults: () => {
        if (clock.now() < (lives.get(session) ?? 0)) return undefined
        expired++
        credentials.invalidate()
        return { class: "expired-token" }
      },
    })
    world.plane.before = () => clock.advance(130)
    const plane = signedBy(world.plane, async () => void (session = (await credentials.source()).accessKeyId))
    const { attempt } = routesIn(world, { source: plane, destination: plane })
    for (let at = 0; at < 200; at++) {
      const source = world.s3.put("live", `data/${at}`, { bytes: String(at) })
      const { last } = await attemptUntilSettled(attempt, workOn(planned(source)))
      expect(last.kind).toBe("done")
      expect(world.s3.versions("copies", `restored/${at}`)).toHaveLength(1)
    }
    expect(lives.size).toBeGreaterThan(20)
    if (told !== LIFE) expect(expired).toBeGreaterThan(20)
  })
})
