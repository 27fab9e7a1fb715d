import type { Place } from "../objects.ts"

/** More than S3 is ever likely to have split a bucket into; bounds the pacers of a bucket full of folders. */
const MOST_PARTITIONS = 64

/** Names the partition of a key: what S3 limits together, as far as one can see from outside. */
export type PartitionOf = (key: string) => string

/**
 * `bucket/first-folder/` behind the prefix of the place: the shard that S3 splits off first. Keys without a folder, and
 * those of every folder after the 64th, share the bucket's own. Remembers the folders that it met; one per part.
 */
export function partitionOf(place: Place): PartitionOf {
  const rest = `${place.bucket}/${place.prefix}`
  const known = new Map<string, string>()
  let last: { readonly start: string; readonly name: string } | undefined
  return (key) => {
    if (last !== undefined && key.startsWith(last.start)) return last.name
    const end = key.indexOf("/", place.prefix.length)
    if (end < 0) return rest
    const start = key.slice(0, end + 1)
    const name = known.get(start) ?? (known.size < MOST_PARTITIONS ? `${place.bucket}/${start}` : rest)
    if (name !== rest) known.set(start, name)
    last = { start, name }
    return name
  }
}
