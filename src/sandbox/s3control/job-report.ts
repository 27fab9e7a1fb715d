import { createHash } from "node:crypto"
import { isoStamp } from "../../kernel/clock.ts"
import { tryParseArn } from "../../access/arn.ts"
import type { Caller } from "../core/exchange.ts"
import { child, childText } from "../s3/xml.ts"
import type { ControlParts } from "./control-call.ts"
import { csvRow } from "./csv.ts"
import { sendInside } from "./inside-s3.ts"
import type { Job, Task, TaskResult } from "./job.ts"

const FORMAT = "Report_CSV_20180820"
const SCHEMA = "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage"

/**
 * The completion report: a file for what succeeded, one for what failed, and a manifest that names them. It is written
 * as the job's role and always under S3's own key. Jobs that tried nothing have none.
 *
 * @throws ServiceError when the role may not write there
 */
export function writeReport(parts: ControlParts, caller: Caller, job: Job): void {
  const report = child(job.request, "Report")
  if (report === undefined || childText(report, "Enabled") !== "true" || job.results.length === 0) return
  const bucket = tryParseArn(childText(report, "Bucket") ?? "")?.resource ?? ""
  const prefix = childText(report, "Prefix") ?? ""
  const folder = `${prefix === "" ? "" : `${prefix}/`}job-${job.id}`
  const wanted = childText(report, "ReportScope") === "FailedTasksOnly" ? ["failed"] : ["succeeded", "failed"]
  const put = (key: string, type: string, body: string): void => {
    const md5 = createHash("md5").update(body).digest("base64")
    const headers = { "content-type": type, "content-md5": md5, "x-amz-server-side-encryption": "AES256" }
    const answer = sendInside(parts, caller, job.region, { method: "PUT", bucket, key, headers, body })
    if (!answer.ok) throw answer.error
  }
  const results = wanted.flatMap((status) => {
    const text = rowsOf(job, status)
    if (text === "") return []
    const name = createHash("sha1").update(`${job.id}/${status}`).digest("hex")
    const file = { TaskExecutionStatus: status, Bucket: bucket, Key: `${folder}/results/${name}.csv` }
    put(file.Key, "text/csv", text)
    return [{ ...file, MD5Checksum: createHash("md5").update(text).digest("hex") }]
  })
  const manifest = {
    Format: FORMAT,
    ReportCreationDate: isoStamp(parts.world.clock.now()),
    Results: results,
    ReportSchema: SCHEMA,
  }
  put(`${folder}/manifest.json`, "application/json", JSON.stringify(manifest))
}

function rowsOf(job: Job, status: string): string {
  return job.results
    .map((result, at) => {
      const task = job.tasks[at]
      const ended = result.code === "" ? "succeeded" : "failed"
      return task === undefined || ended !== status ? "" : rowOf(task, ended, result)
    })
    .join("")
}

const rowOf = ({ bucket, key, versionId }: Task, ended: string, { code, status, message }: TaskResult): string =>
  csvRow([bucket, encodeURIComponent(key), versionId ?? "", ended, code, String(status), message])
