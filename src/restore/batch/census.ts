import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { ListedObject } from "../objects.ts"
import { RowsDigest } from "./rows-digest.ts"
import { assign, type LeftBehind, type SplitBy } from "./split.ts"

/** What one job is given. */
export interface JobRows {
  readonly name: string
  readonly storageClass: string
  readonly rows: number
  readonly bytes: number
  /** Whether every row names a version: a manifest names one for all or for none. */
  readonly versions: boolean
  readonly digest: string
}

export interface Census {
  readonly listed: number
  readonly jobs: readonly JobRows[]
  readonly left: Readonly<Partial<Record<LeftBehind, number>>>
}

interface Tally {
  readonly storageClass: string
  readonly digest: RowsDigest
  bytes: number
  versioned: number
}

/** One pass over the manifest: which jobs there will be. @throws DrError E_BATCH_VERSIONS when only some objects name a version */
export async function takeCensus(part: SplitBy, objects: AsyncIterable<ListedObject>): Promise<Census> {
  const tallies = new Map<string, Tally>()
  const left = new Map<LeftBehind, number>()
  let listed = 0
  for await (const object of objects) {
    listed++
    const to = assign(part, object)
    if (to.kind === "left") {
      left.set(to.why, (left.get(to.why) ?? 0) + 1)
      continue
    }
    const tally = tallies.get(to.job) ?? { ...to, digest: new RowsDigest(), bytes: 0, versioned: 0 }
    tallies.set(to.job, tally)
    tally.digest.add(part.aim.source.bucket, object.key, object.versionId ?? "")
    tally.bytes += object.sizeBytes
    if (object.versionId !== undefined) tally.versioned++
  }
  const jobs = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, tally]) => rowsOf(name, tally))
  return { listed, jobs, left: Object.fromEntries(left) }
}

function rowsOf(name: string, { storageClass, digest, bytes, versioned }: Tally): JobRows {
  if (versioned > 0 && versioned < digest.rows)
    throw new DrError({
      code: "E_BATCH_VERSIONS",
      exit: EXIT.failed,
      message: `${versioned} of ${digest.rows} objects name a version: a manifest of Batch Operations names one for all or for none`,
      hints: ["plan again with one kind of listing", "or run without --batch"],
    })
  return { name, storageClass, rows: digest.rows, bytes, versions: versioned > 0, digest: digest.text }
}
