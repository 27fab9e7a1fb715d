import type { Clock } from "../../../src/kernel/clock.ts"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import type { FakeDataPlane } from "../support/fake-data-plane.ts"

/** Where a copy is when something happens to the process. */
type Moment = "sent" | "arrived" | "answered"

/** Copies take their time, so that the journal writes while others are under way. `at` may throw: the process is no more. */
export function slowed(
  plane: FakeDataPlane,
  clock: Clock,
  latencyMs: () => number,
  at: (moment: Moment) => void = () => undefined,
): DataPlane {
  const copy: DataPlane["copy"] = async (request) => {
    at("sent")
    await clock.sleep(latencyMs())
    at("arrived")
    const answer = await plane.copy(request)
    at("answered")
    return answer
  }
  return new Proxy<DataPlane>(plane, {
    get(_target, name) {
      if (name === "copy") return copy
      const value: unknown = Reflect.get(plane, name, plane)
      return typeof value === "function" ? value.bind(plane) : value
    },
  })
}
