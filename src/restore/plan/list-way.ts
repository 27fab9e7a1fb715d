import type { ListedObject, ManifestPage } from "../objects.ts"
import type { Way as Classified } from "./classify.ts"
import { hotTest } from "./hot-set.ts"
import { PagePacker } from "./page-packer.ts"
import { PartTally, type Tallied } from "./part-tally.ts"
import type { ListedPages, ManifestSink, PlanDeps } from "./plan-ports.ts"
import { Sampler, type Stratum } from "./sample.ts"
import { selectVersions, VersionGroups, type KeyGroup } from "./versions.ts"
import type { Way } from "./way.ts"

/** One part of a way as it was listed: the hot set, the rest, or all of it. */
export interface ListedPart {
  readonly name: string
  readonly hot: boolean
  readonly tallied: Tallied
  readonly strata: readonly Stratum[]
  readonly manifest: Awaited<ReturnType<ManifestSink["close"]>>
}

export interface WayListing {
  readonly way: Way
  readonly classified: Classified
  /** Pages of objects, or of all their versions where the mode asks for one that is not current. */
  readonly pages: ListedPages
  readonly sample: { readonly size: number; readonly seed: string }
  /** `hot` or `rest`. */
  readonly sinkFor: (name: string) => ManifestSink
}

/** Does the way need all versions, or only what a reader gets? */
export const needsVersions = ({ mode }: Way): boolean => mode.kind !== "current"

/**
 * Lists a way once, into the manifests of its parts: counted, sampled, written, and not kept. The hot set comes first among
 * the parts; a part without objects is left out unless nothing else is there.
 */
export async function listWay(deps: PlanDeps, listing: WayListing): Promise<readonly ListedPart[]> {
  const { way, pages } = listing
  const isHot = hotTest(way.hotSet, way.source.prefix, way.mode, deps.clock.now())
  const rest = new PartWriter(listing, way.name)
  const hot = isHot === undefined ? undefined : new PartWriter(listing, `${way.name} (hot)`)
  const writerFor = (group: KeyGroup): PartWriter => {
    const newest = group.at(-1)
    return hot !== undefined && newest !== undefined && isHot?.(newest) ? hot : rest
  }
  const groups = new Map<number, VersionGroups>()
  const take = async (range: number, versions: readonly ListedObject[] | undefined): Promise<void> => {
    const group = versions === undefined ? [] : selectVersions(versions, way.mode, way.operation)
    if (group.length > 0) await writerFor(group).add(range, group)
  }
  let seen = 0
  for (let page = await pages.next(); page !== undefined; page = await pages.next()) {
    deps.signal.throwIfAborted()
    const objects = way.replacesItself ? page.objects.map(replacing) : page.objects
    if (needsVersions(way)) {
      const own = groups.get(page.range) ?? new VersionGroups()
      groups.set(page.range, own)
      for (const object of objects) await take(page.range, own.push(object))
    } else if (hot === undefined) await rest.pass(page.range, objects)
    else for (const object of objects) await writerFor([object]).add(page.range, [object])
    seen += objects.length
    deps.progress("listing", way.name, seen, seen)
  }
  for (const [range, own] of groups) await take(range, own.end())
  return partsOf([hot, rest])
}

const replacing = (object: ListedObject): ListedObject => ({ ...object, replaces: object.etag })

async function partsOf(writers: ReadonlyArray<PartWriter | undefined>): Promise<readonly ListedPart[]> {
  const parts: ListedPart[] = []
  for (const writer of writers)
    if (writer !== undefined && (writer.used || (writer === writers.at(-1) && parts.length === 0)))
      parts.push(await writer.close())
  return parts
}

/** Counts, samples and writes one part. Its manifest is begun with its first page. */
class PartWriter {
  readonly #listing: WayListing
  readonly #name: string
  readonly #packer = new PagePacker()
  readonly #tally: PartTally
  readonly #sampler: Sampler
  #sink: ManifestSink | undefined

  constructor(listing: WayListing, name: string) {
    this.#listing = listing
    this.#name = name
    this.#tally = new PartTally(listing.classified)
    this.#sampler = new Sampler({ ...listing.sample, prefix: listing.way.source.prefix })
  }

  get used(): boolean {
    return this.#tally.objects > 0
  }

  async add(range: number, group: KeyGroup): Promise<void> {
    for (const object of group) this.#count(object)
    const page = this.#packer.add(range, group)
    if (page !== undefined) await this.#write(page)
  }

  async pass(range: number, objects: readonly ListedObject[]): Promise<void> {
    for (const object of objects) this.#count(object)
    await this.#write(this.#packer.pass(range, objects))
  }

  async close(): Promise<ListedPart> {
    for (const page of this.#packer.rest()) await this.#write(page)
    return {
      name: this.#name,
      hot: this.#name.endsWith(" (hot)"),
      tallied: this.#tally.result(),
      strata: this.#sampler.drawn(),
      manifest: await this.#open().close(),
    }
  }

  #count(object: ListedObject): void {
    const route = this.#tally.add(object)
    if (route.kind !== "cannot") this.#sampler.offer(object, route.kind)
  }

  async #write(page: ManifestPage): Promise<void> {
    await this.#open().add(page)
  }

  #open(): ManifestSink {
    this.#sink ??= this.#listing.sinkFor(this.#name)
    return this.#sink
  }
}
