import type { AccountId, BucketName, KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import { slots } from "../../../src/kernel/concurrency.ts"
import type { Aim, ListedObject } from "../../../src/restore/objects.ts"
import type { Attempt } from "../../../src/restore/ports.ts"
import { createRoutes, type Routes, type RoutesOptions } from "../../../src/restore/routes/choose.ts"
import type { RouteContext, UploadLog, Work } from "../../../src/restore/routes/context.ts"
import { FakeDataPlane, listed } from "./fake-data-plane.ts"
import type { FaultScript } from "./fake-faults.ts"
import { FakeS3, type FakeVersion } from "./fake-s3.ts"

export const OWNER = "111111111111" as AccountId
export const RECOVERY = "222222222222" as AccountId
export const REGION = "eu-central-1" as RegionName
export const OLD_KEY = "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-4111-8111-111111111111" as KeyArn
export const NEW_KEY = "arn:aws:kms:eu-central-1:222222222222:key/22222222-2222-4222-8222-222222222222" as KeyArn

/** Uploads as the journal would know them. */
export class FakeUploadLog implements UploadLog {
  readonly lines: string[] = []
  readonly #left = new Map<string, readonly string[]>()

  leave(key: string, ...uploadIds: readonly string[]): void {
    this.#left.set(key, uploadIds)
  }

  opened(object: ListedObject, uploadId: string): Promise<void> {
    this.lines.push(`opened ${object.key} ${uploadId}`)
    return Promise.resolve()
  }

  closed(object: ListedObject, uploadId: string): void {
    this.lines.push(`closed ${object.key} ${uploadId}`)
    this.#left.set(
      object.key,
      this.left(object).filter((one) => one !== uploadId),
    )
  }

  left(object: ListedObject): readonly string[] {
    return this.#left.get(object.key) ?? []
  }
}

export interface RouteWorld {
  readonly s3: FakeS3
  readonly plane: FakeDataPlane
  readonly context: RouteContext
}

export interface WorldOptions {
  readonly aim?: Partial<Aim>
  readonly context?: Partial<RouteContext>
  readonly faults?: FaultScript
  readonly versioned?: boolean
  readonly requesterPays?: boolean
}

/** Two buckets of two accounts: `live` with prefix `data/`, `copies` with prefix `restored/`. */
export function routeWorld(options: WorldOptions = {}): RouteWorld {
  const s3 = new FakeS3()
  const { versioned = true, requesterPays = false } = options
  s3.createBucket("live", { owner: OWNER, versioned, requesterPays })
  s3.createBucket("copies", { owner: RECOVERY, versioned })
  const plane = new FakeDataPlane(s3, options.faults)
  const aim: Aim = {
    source: {
      bucket: "live" as BucketName,
      prefix: "data/",
      owner: OWNER,
      region: REGION,
      ...(requesterPays ? { requestPayer: true as const } : {}),
    },
    destination: { bucket: "copies" as BucketName, prefix: "restored/", owner: RECOVERY, region: REGION },
    keyArn: NEW_KEY,
    bucketKey: false,
    storageClass: "keep",
    ...options.aim,
  }
  const context: RouteContext = {
    aim,
    source: plane,
    destination: plane,
    verify: "answer",
    clock: { now: () => s3.now },
    copyLimitBytes: s3.copyLimitBytes,
    uploads: { partsInFlight: 16, slots: slots(64), log: new FakeUploadLog(), open: new Map() },
    replanned: new WeakMap(),
    stepsMade: new WeakMap(),
    ...options.context,
  }
  return { s3, plane, context }
}

/** As a manifest would hold it: from ListObjectsV2 without its version, from ListObjectVersions with it. */
export const planned = (version: FakeVersion, pinVersion = false): ListedObject =>
  pinVersion ? { ...listed(version), versionId: version.versionId } : listed(version)

export const workOn = (object: ListedObject): Work => ({ object, doubtful: false })

/** Attempts until one settles, as the scheduler would, and all of their kinds. */
export async function attemptUntilSettled(
  attempt: (work: Work) => Promise<Attempt>,
  work: Work,
  most = 20,
): Promise<{ readonly last: Attempt; readonly story: readonly string[] }> {
  const story: string[] = []
  for (let turn = 0; turn < most; turn++) {
    const last = await attempt(work)
    story.push(briefly(last))
    if (last.kind !== "again") return { last, story }
  }
  throw new Error(`not settled after ${most} attempts: ${story.join(", ")}`)
}

/** `done answer`, `skipped SOURCE_GONE`, `again throttled`, `fatal access-denied` */
export function briefly(attempt: Attempt): string {
  switch (attempt.kind) {
    case "done":
      return `done ${attempt.proof.by}${attempt.proof.adopted === true ? " adopted" : ""}`
    case "unknown":
      return "unknown"
    case "again":
      return `again ${attempt.cause}`
    default:
      return `${attempt.kind} ${attempt.why}`
  }
}

/** The routes of this world's part, as a run builds them. */
export function routesIn(world: RouteWorld, change: Partial<RoutesOptions> = {}): Routes {
  const { aim, source, destination, verify, clock, uploads } = world.context
  return createRoutes({
    aim,
    source,
    destination,
    verify,
    clock,
    uploads,
    operation: "copy",
    routing: { multipartAboveBytes: world.context.copyLimitBytes, archived: "try" },
    ...change,
  })
}

/** One object through its route until it settles. */
export const restoreOne = (world: RouteWorld, object: ListedObject, change: Partial<RoutesOptions> = {}) =>
  attemptUntilSettled(routesIn(world, change).attempt, workOn(object))
