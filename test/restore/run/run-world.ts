import { listSharded } from "../../../src/restore/listing/sharded-lister.ts"
import { pagesOf } from "../../../src/restore/listing/list-page.ts"
import { manifestSink } from "../../../src/restore/manifest/write-manifest.ts"
import type { VersionMode } from "../../../src/restore/objects.ts"
import { ROUTING } from "../../../src/restore/plan/classify.ts"
import { PagePacker } from "../../../src/restore/plan/page-packer.ts"
import type { RestorePart, RestorePlan } from "../../../src/restore/plan/restore-plan.ts"
import { selectVersions, VersionGroups } from "../../../src/restore/plan/versions.ts"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import type { RestoreDeps, RunFiles } from "../../../src/restore/ports.ts"
import { runPlan, type RestoreResult } from "../../../src/restore/run/run-plan.ts"
import type { DrEvent, Emit } from "../../../src/kernel/events.ts"
import type { FakeDataPlane } from "../support/fake-data-plane.ts"
import { MemoryFiles } from "../support/memory-files.ts"
import type { RouteWorld } from "../support/route-world.ts"
import { virtualTime, type VirtualTime } from "../support/virtual-time.ts"

export interface RunWorld {
  readonly time: VirtualTime
  readonly events: DrEvent[]
  readonly deps: RestoreDeps
  readonly abort: AbortController
  readonly manifests: MemoryFiles
  readonly journals: MemoryFiles
  readonly plan: RestorePlan
}

/** Lists the source of the world and makes a plan of one part, as `dr restore plan` would. */
export async function planned(
  { plane, context }: RouteWorld,
  more: {
    readonly mode?: VersionMode
    readonly part?: Partial<RestorePart>
    readonly plan?: Partial<RestorePlan>
  } = {},
): Promise<RunWorld> {
  const time = virtualTime()
  const events: DrEvent[] = []
  const emit: Emit = (type, data) => void events.push({ type, data } as unknown as DrEvent)
  const abort = new AbortController()
  const deps: RestoreDeps = { clock: time.clock, random: () => 0.5, emit, signal: abort.signal }
  const manifests = new MemoryFiles()
  const mode = more.mode ?? { kind: "current" }
  const part = await time.run(freeze(deps, plane, context.aim, mode, manifests, more.part?.operation ?? "copy"))
  const plan = {
    version: 1,
    kind: "RestorePlan",
    env: "test",
    parts: [{ ...part, ...more.part }],
    verify: "answer",
    hash: "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    ...more.plan,
  } as unknown as RestorePlan
  return { time, events, deps, abort, manifests, journals: new MemoryFiles(), plan }
}

async function freeze(
  deps: RestoreDeps,
  plane: FakeDataPlane,
  aim: RestorePart["aim"],
  mode: VersionMode,
  manifests: MemoryFiles,
  operation: RestorePart["operation"],
): Promise<RestorePart> {
  const of = mode.kind === "current" ? "objects" : "versions"
  const listing = listSharded(deps, { list: pagesOf(plane, aim.source, of), prefix: aim.source.prefix })
  const sink = manifestSink(manifests, "manifest-1")
  const packer = new PagePacker()
  const groups = new VersionGroups()
  let objects = 0
  let bytes = 0
  for (let page = await listing.next(); page !== undefined; page = await listing.next()) {
    for (const object of page.objects) bytes += object.sizeBytes
    if (mode.kind === "current") {
      objects += page.objects.length
      await sink.add(packer.pass(page.range, page.objects))
      continue
    }
    for (const object of page.objects) {
      const group = groups.push(object)
      if (group !== undefined) objects += await addGroup(page.range, group)
    }
  }
  if (mode.kind !== "current") {
    const rest = groups.end()
    if (rest !== undefined) objects += await addGroup(0, rest)
    for (const page of packer.rest()) await sink.add(page)
  }
  return {
    name: "data",
    operation,
    aim,
    mode,
    routing: ROUTING,
    manifest: await sink.close(),
    counts: { objects, bytes, deleteMarkers: 0, noncurrent: 0, multipart: 0, byClass: {}, inspected: 0 },
    refused: [],
    etaMs: 0,
  }

  async function addGroup(range: number, versions: Parameters<typeof selectVersions>[0]): Promise<number> {
    const group = selectVersions(versions, mode, operation)
    const page = group.length === 0 ? undefined : packer.add(range, group)
    if (page !== undefined) await sink.add(page)
    return group.length
  }
}

/** Runs the plan, or goes on with it. */
export function run(world: RunWorld, plane: DataPlane, deadlineMs = 3_600_000): Promise<RestoreResult> {
  return runIn(world, world.journals, plane, deadlineMs)
}

/** The same with its journal in a folder of the test's own: one that fails, or is found after a crash. */
export function runIn(
  world: RunWorld,
  journals: RunFiles,
  plane: DataPlane,
  deadlineMs = 3_600_000,
): Promise<RestoreResult> {
  return world.time.run(
    runPlan(
      world.deps,
      world.plan,
      {
        manifests: world.manifests,
        journalOf: async () => journals,
        plane: async () => plane,
        onProgress: () => undefined,
      },
      { run: "dr-20261124T021700Z-7f3a", maxInFlight: 16, deadlineMs, seed: "seed", epoch: 1 },
    ),
  )
}
