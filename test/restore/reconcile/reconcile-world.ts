import { compareKeys } from "../../../src/kernel/byte-order.ts"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import type { Manifest } from "../../../src/restore/manifest/read-manifest.ts"
import type { ListedObject, ManifestPage, VersionMode } from "../../../src/restore/objects.ts"
import { selectVersions } from "../../../src/restore/plan/versions.ts"
import { listed, type FakeDataPlane } from "../support/fake-data-plane.ts"
import type { FakeS3 } from "../support/fake-s3.ts"

export const inBytes = (keys: readonly string[]): string[] =>
  keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** Pages of these sizes over and over; those of size 0 are empty pages. */
export async function* inPages<T>(entries: readonly T[], sizes: readonly number[]): AsyncGenerator<readonly T[]> {
  for (let at = 0, page = 0; at < entries.length; page++) {
    const size = sizes[page % sizes.length] ?? 1
    yield entries.slice(at, at + size)
    at += size
  }
}

export async function readAll<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}

/** S3 with pages so small that a test bucket has many. */
export function smallPages(plane: FakeDataPlane, limit: number): DataPlane {
  return new Proxy<DataPlane>(plane, {
    get: (target, name: keyof DataPlane) => {
      if (name === "listPage" || name === "listVersionsPage")
        return (request: object) => target[name]({ ...request, limit } as Parameters<DataPlane[typeof name]>[0])
      return target[name].bind(target)
    },
  })
}

/** What a plan would have taken of a bucket, oldest first. */
export function takenOf(
  s3: FakeS3,
  bucket: string,
  mode: VersionMode,
  operation: "copy" | "rekey" = "copy",
): readonly ListedObject[] {
  return s3.keys(bucket).flatMap((key) => {
    const newestFirst = s3
      .versions(bucket, key)
      .toReversed()
      .map((version): ListedObject => ({
        ...listed(version),
        ...(mode.kind === "current" ? {} : { versionId: version.versionId }),
        ...(version.deleteMarker ? { deleteMarker: true } : {}),
      }))
    return selectVersions(newestFirst, mode, operation)
  })
}

/** A frozen listing in memory: ranges of so many keys, pages of so many keys. */
export function manifestOf(objects: readonly ListedObject[], keysPerRange = 5, keysPerPage = 2): TestManifest {
  const keys = [...groupedBy(objects, ({ key }) => key).entries()].toSorted(([a], [b]) => compareKeys(a, b))
  const pages: ManifestPage[] = []
  for (let from = 0, range = 0; from < keys.length; from += keysPerRange, range++) {
    const own = keys.slice(from, from + keysPerRange)
    for (let at = 0; at < own.length; at += keysPerPage)
      pages.push({ page: pages.length, range, objects: own.slice(at, at + keysPerPage).flatMap(([, group]) => group) })
  }
  return new TestManifest(pages)
}

export class TestManifest implements Pick<Manifest, "ranges" | "pagesOf"> {
  readonly allPages: readonly ManifestPage[]
  /** Pages that were read. */
  read = 0

  constructor(pages: readonly ManifestPage[]) {
    this.allPages = pages
  }

  get ranges(): Manifest["ranges"] {
    return [...groupedBy(this.allPages, ({ range }) => range).entries()].map(([range, pages]) => ({
      range,
      first: pages[0]?.objects[0]?.key ?? "",
      last: pages.at(-1)?.objects.at(-1)?.key ?? "",
      pages: pages.length,
    }))
  }

  async *pagesOf({ range }: Manifest["ranges"][number]): AsyncGenerator<ManifestPage> {
    for (const page of this.allPages) {
      if (page.range !== range) continue
      this.read++
      yield page
    }
  }
}

function groupedBy<K, T>(all: readonly T[], of: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all) groups.set(of(one), [...(groups.get(of(one)) ?? []), one])
  return groups
}
