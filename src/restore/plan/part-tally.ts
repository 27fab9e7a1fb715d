import type { ListedObject, Refusal, Route } from "../objects.ts"
import { partsOf, routeOf, type Way } from "./classify.ts"
import type { PartCounts, RefusedGroup } from "./restore-plan.ts"

const EXAMPLES = 5

interface ClassCount {
  objects: number
  bytes: number
}

/** What of a part's objects is counted while they are listed; none of them is kept. */
export interface Tallied {
  readonly counts: Omit<PartCounts, "inspected">
  readonly refused: readonly RefusedGroup[]
  /** Of the objects above the limit of one copy. */
  readonly parts: number
  /** Bytes of what will be carried over. */
  readonly bytesCarried: number
  /** Objects and markers that will be. */
  readonly carried: number
}

/** Counts a part's objects by class, route and refusal. */
export class PartTally {
  readonly #way: Way
  readonly #byClass = new Map<string, ClassCount>()
  readonly #refused = new Map<Refusal, { objects: number; examples: string[] }>()
  #objects = 0
  #bytes = 0
  #markers = 0
  #noncurrent = 0
  #multipart = 0
  #parts = 0
  #carried = 0
  #bytesCarried = 0

  constructor(way: Way) {
    this.#way = way
  }

  get objects(): number {
    return this.#objects
  }

  /** Gives the route that the object was counted by. */
  add(object: ListedObject): Route {
    this.#objects++
    this.#bytes += object.sizeBytes
    if (object.deleteMarker) this.#markers++
    if (object.versionId !== undefined && !object.current) this.#noncurrent++
    if (!object.deleteMarker) this.#countClass(object)
    const route = routeOf(object, this.#way)
    if (route.kind === "cannot") {
      this.#refuse(route.why, object.key)
      return route
    }
    this.#carried++
    this.#bytesCarried += object.sizeBytes
    if (route.kind === "multipart") {
      this.#multipart++
      this.#parts += partsOf(object.sizeBytes, route.partBytes)
    }
    return route
  }

  result(): Tallied {
    return {
      counts: {
        objects: this.#objects,
        bytes: this.#bytes,
        deleteMarkers: this.#markers,
        noncurrent: this.#noncurrent,
        multipart: this.#multipart,
        byClass: Object.fromEntries([...this.#byClass].sort(([a], [b]) => (a < b ? -1 : 1))),
      },
      refused: [...this.#refused].map(([why, group]) => ({ why, estimated: false, ...group })),
      parts: this.#parts,
      carried: this.#carried,
      bytesCarried: this.#bytesCarried,
    }
  }

  #countClass({ storageClass, sizeBytes }: ListedObject): void {
    const count = this.#byClass.get(storageClass) ?? { objects: 0, bytes: 0 }
    count.objects++
    count.bytes += sizeBytes
    this.#byClass.set(storageClass, count)
  }

  #refuse(why: Refusal, key: string): void {
    const group = this.#refused.get(why) ?? { objects: 0, examples: [] }
    group.objects++
    if (group.examples.length < EXAMPLES) group.examples.push(key)
    this.#refused.set(why, group)
  }
}
