import { createHash } from "node:crypto"
import { tryParseArn } from "../../access/arn.ts"
import type { AccountId } from "../../kernel/brands.ts"
import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { resourceTagFacts } from "../s3/request-facts.ts"
import { readTagSet } from "../s3/tag-xml.ts"
import { child, childText, leaf, readRoot, type XmlElement } from "../s3/xml.ts"
import { xmlAnswer } from "./answers.ts"
import { authorizeAccount, invalidRequest, jobArn, type ControlCall } from "./control-call.ts"
import type { Job } from "./job.ts"
import { readOperation } from "./job-operations.ts"
import { MANIFEST_FORMATS, objectOfArn } from "./manifest.ts"
import { wake } from "./run-job.ts"

/** The same token asks for the same job; with other content it is refused. The job begins by itself. */
export function createJob(control: ControlCall): SandboxResponse {
  const { call, jobs } = control
  const request = readRoot(call.request.body, "CreateJobRequest")
  const wanted = readJob(request)
  authorizeCreation(control, wanted)
  const digest = createHash("sha256").update(JSON.stringify(request)).digest("hex")
  const known = [...jobs.values()].find(
    (job) => job.account === control.account && job.region === call.region && job.token === wanted.token,
  )
  if (known !== undefined && known.digest !== digest) {
    throw new ServiceError("IdempotencyException", "The token was used for another job already.")
  }
  return xmlAnswer(call.requestId, "CreateJobResult", leaf("JobId", (known ?? addJob(control, wanted, digest)).id))
}

type Wanted = Pick<Job, "roleArn" | "operation" | "mustBeConfirmed" | "token" | "request" | "priority" | "tags">

function addJob(control: ControlCall, wanted: Wanted, digest: string): Job {
  const id = uuid(control)
  const job: Job = {
    ...wanted,
    id,
    arn: jobArn(control, id),
    account: control.account,
    region: control.call.region,
    createdAt: control.world.clock.now(),
    digest,
    status: "New",
    tasks: [],
    results: [],
    failed: 0,
  }
  control.jobs.set(id, job)
  wake(control, job)
  return job
}

function uuid({ world }: ControlCall): string {
  const hex = Buffer.from(world.random(16)).toString("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Who starts a job lends it a role, and must be allowed to. */
function authorizeCreation(control: ControlCall, wanted: Wanted): void {
  const { world, call } = control
  authorizeAccount(control, "CreateJob", {
    "s3:RequestJobOperation": wanted.operation,
    "s3:RequestJobPriority": String(wanted.priority),
    ...resourceTagFacts(wanted.tags),
  })
  world.authorizer.authorize({
    caller: call.caller,
    action: "iam:PassRole",
    resource: wanted.roleArn,
    resourceAccount: (tryParseArn(wanted.roleArn)?.account ?? control.account) as AccountId,
    region: call.region,
    context: { "iam:PassedToService": "batchoperations.s3.amazonaws.com" },
  })
}

function readJob(request: XmlElement): Wanted {
  const { name: operation } = readOperation(child(request, "Operation"))
  const roleArn = childText(request, "RoleArn") ?? ""
  const role = tryParseArn(roleArn)
  if (role?.service !== "iam" || !role.resource.startsWith("role/"))
    throw invalidRequest("RoleArn must be a role's ARN")
  checkSource(child(request, "Manifest"), child(request, "ManifestGenerator"))
  checkReport(child(request, "Report"))
  const tags = child(request, "Tags")
  const token = childText(request, "ClientRequestToken") ?? ""
  if (token === "" || token.length > 64) throw invalidRequest("ClientRequestToken must have 1 to 64 characters")
  return {
    roleArn,
    operation,
    token,
    request,
    mustBeConfirmed: childText(request, "ConfirmationRequired") === "true",
    priority: readPriority(childText(request, "Priority")),
    tags: tags === undefined ? [] : readTagSet(tags, 50),
  }
}

export function readPriority(text: string | undefined): number {
  const value = Number(text)
  if (text === undefined || !/^\d+$/.test(text) || value > 2_147_483_647) {
    throw invalidRequest("Priority must be an integer between 0 and 2147483647")
  }
  return value
}

function checkSource(manifest: XmlElement | undefined, generator: XmlElement | undefined): void {
  if ((manifest === undefined) === (generator === undefined)) {
    throw invalidRequest("Exactly one of Manifest and ManifestGenerator must be specified")
  }
  if (manifest === undefined) {
    const source = generator === undefined ? undefined : child(generator, "S3JobManifestGenerator")
    const bucket = source === undefined ? undefined : tryParseArn(childText(source, "SourceBucket") ?? "")
    if (bucket?.service !== "s3") throw invalidRequest("The manifest generator must name its SourceBucket by ARN")
    return
  }
  const spec = child(manifest, "Spec")
  const location = child(manifest, "Location")
  const format = spec === undefined ? "" : (childText(spec, "Format") ?? "")
  const fields = spec === undefined ? undefined : child(spec, "Fields")
  if (!MANIFEST_FORMATS.includes(format)) throw invalidRequest("Unknown manifest format")
  if (format === MANIFEST_FORMATS[0] && fields === undefined) throw invalidRequest("The manifest must name its Fields")
  if (location === undefined || objectOfArn(childText(location, "ObjectArn") ?? "") === undefined) {
    throw invalidRequest("The manifest must be named by its object's ARN")
  }
  if (childText(location, "ETag") === undefined) throw invalidRequest("The manifest's ETag must be specified")
}

function checkReport(report: XmlElement | undefined): void {
  const enabled = report === undefined ? undefined : childText(report, "Enabled")
  if (report === undefined || (enabled !== "true" && enabled !== "false")) {
    throw invalidRequest("Report must say whether it is Enabled")
  }
  if (enabled === "true" && tryParseArn(childText(report, "Bucket") ?? "")?.service !== "s3") {
    throw invalidRequest("An enabled report must name its Bucket by ARN")
  }
}
