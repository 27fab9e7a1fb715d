import { createHash } from "node:crypto"
import { DrError } from "../../kernel/errors.ts"
import { csvRows } from "./csv-rows.ts"
import { decodeKey } from "./key-encoding.ts"
import type { BatchDesk, BatchStatus } from "./ports.ts"
import { RowsDigest } from "./rows-digest.ts"

/** What a job says that it did. Nobody's proof: it is held against its manifest, and then against the destination. */
export interface JobTally {
  readonly status: BatchStatus
  readonly succeeded: number
  readonly failed: number
  /** Of all rows of the report, whatever became of them. */
  readonly digest: string
  /** How often each code was given. */
  readonly codes: Readonly<Record<string, number>>
  readonly reasons: readonly string[]
}

export interface FailedTask {
  readonly key: string
  readonly versionId: string
  /** S3's error code. */
  readonly code: string
  readonly message: string
}

interface ReportManifest {
  readonly Format: string
  readonly ReportSchema: string
  readonly Results: ReadonlyArray<{
    readonly TaskExecutionStatus: string
    readonly Key: string
    readonly MD5Checksum: string
  }>
}

const SCHEMA = ["Bucket", "Key", "VersionId", "TaskStatus", "ErrorCode", "HTTPStatusCode", "ResultMessage"]

type Read = Omit<JobTally, "status" | "reasons">

const NONE: Read = { succeeded: 0, failed: 0, digest: new RowsDigest().text, codes: {} }

/**
 * Reads the completion report of a job, each file held against its MD5. A job that tried nothing has none. `failed` is told each
 * failed task; `versions`: whether the manifest named some.
 * @throws DrError E_BATCH_REPORT for a report that cannot be trusted
 */
export async function readReport(
  desk: BatchDesk,
  { folder, versions }: { readonly folder: string; readonly versions: boolean },
  failed: (task: FailedTask) => void,
): Promise<Read> {
  const body = await desk.get(`${folder}/manifest.json`)
  if (body === undefined) return NONE
  const { Results } = parsed(await whole(body), folder)
  const digest = new RowsDigest()
  const codes = new Map<string, number>()
  let succeeded = 0
  for (const { Key, MD5Checksum, TaskExecutionStatus } of Results) {
    const file = await desk.get(Key)
    if (file === undefined) throw untrue(folder, `${Key} is missing`)
    const md5 = createHash("md5")
    for await (const row of csvRows(hashed(file, md5))) {
      const [bucket = "", encoded = "", versionId = "", status, code = "", http = "", message = ""] = row
      const key = decodeKey(encoded)
      if (key === undefined || row.length < 6 || status !== TaskExecutionStatus)
        throw untrue(folder, `${Key} has a row that is none`)
      digest.add(bucket, key, versions ? versionId : "")
      if (status === "succeeded") succeeded++
      else {
        const name = code || `HTTP ${http}`
        codes.set(name, (codes.get(name) ?? 0) + 1)
        failed({ key, versionId, code: name, message })
      }
    }
    if (md5.digest("hex") !== MD5Checksum.toLowerCase())
      throw untrue(folder, `${Key} has another MD5 than its manifest says`)
  }
  return { succeeded, failed: digest.rows - succeeded, digest: digest.text, codes: Object.fromEntries(codes) }
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

async function whole(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString("utf8")
}

function parsed(text: string, folder: string): ReportManifest {
  let manifest: Partial<ReportManifest> | undefined
  try {
    manifest = JSON.parse(text) as Partial<ReportManifest>
  } catch {
    // told below
  }
  const columns = (manifest?.ReportSchema ?? "").split(",").map((name) => name.trim())
  const known = manifest?.Format === "Report_CSV_20180820" && SCHEMA.every((name, at) => columns[at] === name)
  if (!known || !Array.isArray(manifest?.Results))
    throw untrue(folder, "its manifest.json is none of Report_CSV_20180820")
  return manifest as ReportManifest
}

const untrue = (folder: string, why: string): DrError =>
  new DrError({
    code: "E_BATCH_REPORT",
    message: `the completion report in ${folder} cannot be trusted: ${why}`,
    hints: ["dr restore verify reads what is really there"],
  })
