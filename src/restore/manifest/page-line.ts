import type { ListedObject, ManifestPage } from "../objects.ts"

/**
 * A page as one line of JSON: columns instead of objects, because the names of fields would be half of the file. Columns that
 * hold nothing but the usual value are left out.
 */
interface PageLine {
  readonly page: number
  readonly range: number
  readonly keys: readonly string[]
  readonly sizes: readonly number[]
  readonly times: readonly number[]
  readonly etags: readonly string[]
  /** Left out = all STANDARD. */
  readonly classes?: readonly string[]
  readonly versions?: ReadonlyArray<string | null>
  /** Indexes. */
  readonly markers?: readonly number[]
  readonly current?: readonly number[]
  readonly replaces?: ReadonlyArray<string | null>
}

export function pageLineOf({ page, range, objects }: ManifestPage): string {
  const keys: string[] = []
  const sizes: number[] = []
  const times: number[] = []
  const etags: string[] = []
  let [classes, versions, replaces] = [false, false, false]
  const markers: number[] = []
  const current: number[] = []
  for (let at = 0; at < objects.length; at++) {
    const object = objects[at] as ListedObject
    keys.push(object.key)
    sizes.push(object.sizeBytes)
    times.push(object.modifiedAt)
    etags.push(object.etag)
    classes ||= object.storageClass !== "STANDARD"
    versions ||= object.versionId !== undefined
    replaces ||= object.replaces !== undefined
    if (object.deleteMarker) markers.push(at)
    if (object.current) current.push(at)
  }
  const line: PageLine = {
    page,
    range,
    keys,
    sizes,
    times,
    etags,
    ...(classes ? { classes: objects.map((object) => object.storageClass) } : {}),
    ...(versions ? { versions: objects.map((object) => object.versionId ?? null) } : {}),
    ...(markers.length === 0 ? {} : { markers }),
    ...(current.length === 0 ? {} : { current }),
    ...(replaces ? { replaces: objects.map((object) => object.replaces ?? null) } : {}),
  }
  return `${JSON.stringify(line)}\n`
}

/** Undefined when the line is no page. */
export function readPageLine(text: string): ManifestPage | undefined {
  const line = JSON.parse(text) as PageLine
  const { page, range, keys, sizes, times, etags, classes, versions, replaces } = line
  if (!Number.isSafeInteger(page) || !Array.isArray(keys) || sizes.length !== keys.length) return undefined
  const markers = new Set(line.markers)
  const current = new Set(line.current)
  const plain = versions === undefined && replaces === undefined && markers.size === 0 && current.size === 0
  const objects = keys.map((key, at): ListedObject => {
    const object = {
      key,
      sizeBytes: sizes[at] ?? 0,
      modifiedAt: times[at] ?? 0,
      etag: etags[at] ?? "",
      storageClass: classes?.[at] ?? "STANDARD",
    }
    if (plain) return object
    const [versionId, replaced] = [versions?.[at] ?? undefined, replaces?.[at] ?? undefined]
    return {
      ...object,
      ...(versionId === undefined ? {} : { versionId }),
      ...(markers.has(at) ? { deleteMarker: true } : {}),
      ...(current.has(at) ? { current: true } : {}),
      ...(replaced === undefined ? {} : { replaces: replaced }),
    }
  })
  return { page, range, objects }
}
