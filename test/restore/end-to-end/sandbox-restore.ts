import { slots } from "../../../src/kernel/concurrency.ts"
import type { BucketName } from "../../../src/kernel/brands.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { partitionOf } from "../../../src/restore/engine/partition.ts"
import type { Ended } from "../../../src/restore/engine/scheduler-init.ts"
import { runScheduler } from "../../../src/restore/engine/scheduler.ts"
import { pagesOf } from "../../../src/restore/listing/list-page.ts"
import { listSharded } from "../../../src/restore/listing/sharded-lister.ts"
import { openManifest, type Manifest } from "../../../src/restore/manifest/read-manifest.ts"
import { manifestSink } from "../../../src/restore/manifest/write-manifest.ts"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import type { Aim, ListedObject, Place } from "../../../src/restore/objects.ts"
import { ROUTING } from "../../../src/restore/plan/classify.ts"
import { PagePacker } from "../../../src/restore/plan/page-packer.ts"
import { selectVersions, VersionGroups } from "../../../src/restore/plan/versions.ts"
import type { Attempt, Item, PageSource, RestoreDeps, Settled, WorkPage } from "../../../src/restore/ports.ts"
import { createRoutes, type RoutesOptions } from "../../../src/restore/routes/choose.ts"
import { createVerifier } from "../../../src/restore/verify/verifier.ts"
import { OWNER, REGION, SOURCE, TARGET, type WireWorld } from "../../aws/wire/wire-world.ts"
import { FakeUploadLog } from "../support/route-world.ts"
import { MemoryFiles } from "../support/memory-files.ts"

export interface Told {
  readonly object: ListedObject
  readonly settled: Settled
}

export interface RunEnd {
  readonly ended: Ended
  readonly told: readonly Told[]
}

/** A part of a plan on the sandbox: what it takes from where to where, and what is in its manifest. */
export interface SandboxPart {
  readonly aim: Aim
  readonly manifest: Manifest
  readonly objects: readonly ListedObject[]
  /** Copies or re-keys all of it; the ends in the order in which they came. */
  run(change?: Partial<RoutesOptions>): Promise<readonly Told[]>
  /** The same, however it ends; `onSettled` comes after each end. */
  end(onSettled?: (settled: number) => void | Promise<void>, change?: Partial<RoutesOptions>): Promise<RunEnd>
  /** Reads back both sides of all of it, every byte and tag. */
  verify(): Promise<readonly Told[]>
}

export interface PartOptions {
  readonly mode?: "current" | "all"
  readonly operation?: "copy" | "rekey"
  readonly from?: string
  readonly to?: string
  /** Keys of one page of the listing. */
  readonly pageSize?: number
  readonly multipartAboveBytes?: number
  /** Goes to S3 in place of the world's own. */
  readonly plane?: DataPlane
}

const deps = (): RestoreDeps => ({
  clock: systemClock,
  random: Math.random,
  emit: () => undefined,
  signal: new AbortController().signal,
})

export const placeIn = (bucket: BucketName, prefix: string): Place => ({ bucket, prefix, owner: OWNER, region: REGION })

/** The whole way of a restore: listed by many listers, frozen into a manifest, read from it again. */
export async function planOn(world: WireWorld, options: PartOptions = {}): Promise<SandboxPart> {
  const { operation = "copy", mode = "current", from = "", to = "", pageSize = 1000, plane = world.plane } = options
  const source = placeIn(SOURCE, from)
  const aim: Aim = {
    source,
    destination: operation === "rekey" ? source : placeIn(TARGET, to),
    keyArn: world.newKey,
    bucketKey: false,
    storageClass: "keep",
  }
  const manifest = await freeze(world, source, mode, operation, pageSize)
  const objects = await everythingIn(manifest)
  const routing = { ...ROUTING, multipartAboveBytes: options.multipartAboveBytes ?? ROUTING.multipartAboveBytes }
  const way = { aim, operation, routing, source: plane, destination: plane, clock: systemClock }
  const uploads = { partsInFlight: 4, slots: slots(8), log: new FakeUploadLog() }
  return {
    aim,
    manifest,
    objects,
    run: (change = {}) => {
      const pages = new ReadPages(manifest)
      const { attempt } = createRoutes({ ...way, ...chainsOf(pages), uploads, verify: "head", ...change })
      return settleAll(pages, aim, attempt)
    },
    end: (onSettled, change = {}) => {
      const pages = new ReadPages(manifest)
      const { attempt } = createRoutes({ ...way, ...chainsOf(pages), uploads, verify: "answer", ...change })
      return schedule(pages, aim, attempt, onSettled)
    },
    verify: () => {
      const pages = new ReadPages(manifest)
      return settleAll(pages, aim, createVerifier({ ...way, ...chainsOf(pages), verify: "full" }).attempt)
    },
  }
  function chainsOf(pages: ReadPages): Pick<RoutesOptions, "chainOf"> {
    return mode === "all" && operation === "copy" ? { chainOf: pages.chainOf } : {}
  }
}

/** Remembers the versions of each key as they were read: all of them lie in one page. */
class ReadPages implements PageSource {
  readonly #source: PageSource
  readonly #byKey = new Map<string, ListedObject[]>()

  constructor(manifest: Manifest) {
    this.#source = manifest.inFileOrder()
  }

  async next(): Promise<WorkPage | undefined> {
    const page = await this.#source.next()
    for (const object of page?.objects ?? [])
      this.#byKey.set(object.key, [...(this.#byKey.get(object.key) ?? []), object])
    return page
  }

  readonly chainOf = ({ key }: ListedObject): readonly ListedObject[] => this.#byKey.get(key) ?? []
}

async function freeze(
  world: WireWorld,
  source: Place,
  mode: "current" | "all",
  operation: "copy" | "rekey",
  pageSize: number,
): Promise<Manifest> {
  const list = pagesOf(
    {
      ...world.plane,
      listPage: (asked) => world.plane.listPage({ ...asked, limit: pageSize }),
      listVersionsPage: (asked) => world.plane.listVersionsPage({ ...asked, limit: pageSize }),
    },
    source,
    mode === "all" ? "versions" : "objects",
  )
  const pages = listSharded(deps(), { list, prefix: source.prefix, pageSize })
  const files = new MemoryFiles(1021)
  const sink = manifestSink(files, "part.manifest")
  const packer = new PagePacker()
  const groups = new Map<number, VersionGroups>()
  const take = async (range: number, versions: readonly ListedObject[] | undefined): Promise<void> => {
    const page = packer.add(range, versions === undefined ? [] : selectVersions(versions, { kind: mode }, operation))
    if (page !== undefined) await sink.add(page)
  }
  for (let page = await pages.next(); page !== undefined; page = await pages.next()) {
    const own = groups.get(page.range) ?? new VersionGroups()
    groups.set(page.range, own)
    for (const object of page.objects) await take(page.range, own.push(object))
  }
  for (const [range, own] of groups) await take(range, own.end())
  for (const page of packer.rest()) await sink.add(page)
  return openManifest(files, await sink.close())
}

async function everythingIn(manifest: Manifest): Promise<readonly ListedObject[]> {
  const objects: ListedObject[] = []
  for (const range of manifest.ranges) for await (const page of manifest.pagesOf(range)) objects.push(...page.objects)
  return objects
}

async function settleAll(
  source: PageSource,
  aim: Aim,
  attempt: (item: Item) => Promise<Attempt>,
): Promise<readonly Told[]> {
  const { ended, told } = await schedule(source, aim, attempt)
  if (ended.kind !== "finished") throw new TypeError(`ended ${JSON.stringify(ended)}`)
  return told
}

async function schedule(
  source: PageSource,
  aim: Aim,
  attempt: (item: Item) => Promise<Attempt>,
  onSettled: (settled: number) => void | Promise<void> = () => undefined,
): Promise<RunEnd> {
  const told: Told[] = []
  let gate: Promise<void> | undefined
  const { ended, sums } = await runScheduler({
    deps: deps(),
    source,
    attempt,
    partitionOf: partitionOf(aim.destination),
    deadlineMs: 60_000,
    onSettled: ({ object }, settled) => {
      told.push({ object, settled })
      const wait = onSettled(told.length)
      if (wait !== undefined) gate = wait.then(() => void (gate = undefined))
    },
    admit: () => gate ?? true,
    onPage: () => undefined,
    maxInFlight: 16,
    inOrder: true,
  })
  if (ended.kind === "finished" && sums.listed !== told.length)
    throw new TypeError(`${told.length} of ${sums.listed} were told`)
  return { ended, told }
}

/** `done`, or what else became of it, for a comparison that names the key. */
export const endsOf = (told: readonly Told[]): ReadonlyArray<readonly [key: string, end: string]> =>
  told
    .filter(({ settled }) => settled.kind !== "done")
    .map(({ object, settled }) => [object.key, JSON.stringify(settled)])
