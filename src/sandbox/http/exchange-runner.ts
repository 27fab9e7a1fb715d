import { randomUUID } from "node:crypto"
import type { ServerResponse } from "node:http"
import type { RegionName } from "../../kernel/brands.ts"
import { messageOf } from "../../kernel/errors.ts"
import { credentialError } from "../auth/credential-errors.ts"
import type { CredentialStore } from "../auth/credentials.ts"
import { readClaim, verify, type Claim, type Verified } from "../auth/verify.ts"
import { namedResources } from "../cloudtrail/named-resources.ts"
import { auditIdentity, type AuditLog } from "../core/audit.ts"
import {
  ServiceError,
  type Call,
  type Caller,
  type SandboxRequest,
  type SandboxResponse,
  type Service,
  type ServiceName,
} from "../core/exchange.ts"
import type { AdjustableClock } from "../core/virtual-clock.ts"
import type { World } from "../core/world.ts"
import { corrupted, errorIn200, faultError } from "../faults/effects.ts"
import type { FaultRule } from "../faults/rules.ts"
import type { FaultScript } from "../faults/script.ts"
import { decodeAwsChunked } from "./aws-chunked.ts"
import { dripResponse, pause, writeResponse } from "./write-response.ts"

export interface Parts {
  readonly world: World
  readonly clock: AdjustableClock
  readonly services: ReadonlyMap<ServiceName, Service>
  readonly credentials: CredentialStore
  readonly faults: FaultScript
  readonly audit: AuditLog
}

interface Facts {
  readonly requestId: string
  service: ServiceName
  operation: string
  region: string
  caller: Caller | undefined
  fault: FaultRule | undefined
  error: ServiceError | undefined
  resources?: readonly string[]
}

/** One signed request from reading to answering: signature, fault script, service, audit log. */
export async function runExchange(parts: Parts, request: SandboxRequest, to: ServerResponse): Promise<void> {
  // What fell due since the last call happens before this one.
  parts.clock.now()
  const facts = begin(request)
  const answered = answer(parts, request, facts)
  const response = answered instanceof Promise ? await answered : answered
  if (response === "cut") {
    record(parts, facts, 0)
    to.destroy()
    return
  }
  if (response === "silence") {
    record(parts, facts, 0)
    return
  }
  const { fault } = facts
  facts.resources = namedResources(facts.service, facts.operation, request, response)
  record(parts, facts, response.status)
  if (fault?.kind === "cut-after-commit") to.destroy()
  else if (fault?.kind === "drip") await dripResponse(to, response, fault.ms ?? 50)
  else writeResponse(to, afterFault(parts, fault, facts, response), request.method)
}

function afterFault(
  parts: Parts,
  fault: FaultRule | undefined,
  facts: Facts,
  response: SandboxResponse,
): SandboxResponse {
  if (fault?.kind === "corrupt-body" && facts.error === undefined) return corrupted(response)
  if (fault?.kind !== "skew-date") return response
  const date = new Date(parts.clock.wall() + (fault.ms ?? 3_600_000)).toUTCString()
  return { ...response, headers: { ...response.headers, date } }
}

function begin(request: SandboxRequest): Facts {
  const service = calledService(request)
  return {
    requestId: service.startsWith("s3") ? s3RequestId() : randomUUID(),
    service,
    operation: "-",
    region: "-",
    caller: undefined,
    fault: undefined,
    error: undefined,
  }
}

const s3RequestId = (): string => randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase()

/** The service that a request is shaped for; the signature's scope must name the same. */
function calledService(request: SandboxRequest): ServiceName {
  const target = request.headers["x-amz-target"]
  if (target !== undefined) return TARGETS.find(([part]) => target.includes(part))?.[1] ?? "kms"
  if (request.headers["x-amz-account-id"] !== undefined && request.rawPath.startsWith("/v20180820/")) return "s3control"
  const form = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true
  const action = form || request.query.some(([name]) => name === "Action")
  if (!action || request.rawPath !== "/") return "s3"
  return FORMS.find((each) => each === scopeService(request)) ?? "sts"
}

/** Part of `X-Amz-Target` → its service; any other target is KMS's. */
const TARGETS: ReadonlyArray<readonly [part: string, service: ServiceName]> = [
  ["AWSOrganizations", "organizations"],
  ["CloudTrail_", "cloudtrail"],
  ["GraniteService", "monitoring"],
  ["StarlingDove", "config"],
  ["ServiceQuotas", "servicequotas"],
]

/** Forms look alike: the signature's scope tells whose it is. */
const FORMS: readonly ServiceName[] = ["iam", "ec2", "monitoring"]

function scopeService(request: SandboxRequest): string | undefined {
  return request.headers["authorization"]?.split("/", 4)[3]
}

type Answer = SandboxResponse | "cut" | "silence"

function answer(parts: Parts, request: SandboxRequest, facts: Facts): Answer | Promise<Answer> {
  const service = parts.services.get(facts.service)
  const fail = (thrown: unknown): SandboxResponse => {
    facts.error = thrown instanceof ServiceError ? thrown : internal(thrown)
    return service?.errorResponse(facts.error, request, facts.requestId) ?? { status: 500, headers: {}, body: "" }
  }
  try {
    if (service === undefined) throw new ServiceError("NotImplemented", "no such service", 501)
    const call = openCall(parts, request, facts)
    const operation = service.operationOf(call.request)
    if (operation === undefined) throw notImplemented(facts.service, request)
    facts.operation = operation
    facts.fault = parts.faults.strike(faultFacts(facts, call))
    const run = (): SandboxResponse | Promise<SandboxResponse> => service.handle(call, operation)
    const done = facts.fault === undefined ? run() : struck(facts.fault, facts, run)
    return done instanceof Promise ? done.catch(fail) : done
  } catch (thrown) {
    return fail(thrown)
  }
}

const internal = (thrown: unknown): ServiceError =>
  new ServiceError(
    "InternalError",
    `the sandbox failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)}`,
    500,
  )

function notImplemented(service: ServiceName, request: SandboxRequest): ServiceError {
  const asked = request.headers["x-amz-target"] ?? `${request.method} ${request.rawPath}`
  return new ServiceError("NotImplemented", `the sandbox does not implement this ${service} operation: ${asked}`, 501)
}

/** Before the service: errors, cuts, delays. */
function struck(
  fault: FaultRule,
  facts: Facts,
  run: () => SandboxResponse | Promise<SandboxResponse>,
): Answer | Promise<Answer> {
  const error = faultError(fault, facts.service)
  if (error !== undefined) throw error
  switch (fault.kind) {
    case "cut-before-commit":
      return "cut"
    case "black-hole":
      return "silence"
    case "error-in-200":
      return errorIn200(fault, facts.requestId)
    case "delay":
      return pause(fault.ms ?? 1000).then(run)
    default:
      return run()
  }
}

function faultFacts(facts: Facts, call: Call): Parameters<FaultScript["strike"]>[0] {
  return {
    service: facts.service,
    operation: facts.operation,
    region: facts.region,
    account: call.caller.account,
    text: () => textOf(call.request, facts.service),
  }
}

/** Path and copy source, decoded; of the other services the body, which names the key or role. */
function textOf(request: SandboxRequest, service: ServiceName): string {
  if (service !== "s3") return decoded(request.body.toString("utf8"))
  return decoded(`${request.rawPath} ${request.headers["x-amz-copy-source"] ?? ""}`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Verifies the signature and takes aws-chunked framing off. */
function openCall(parts: Parts, request: SandboxRequest, facts: Facts): Call {
  const claim = readClaim(request)
  // S3 Control signs as S3.
  const service = facts.service === "s3control" ? "s3" : facts.service
  if (claim === undefined) throw credentialError("no-credentials", service)
  facts.region = claim.scope.region
  if (claim.scope.service !== service) throw credentialError("wrong-service", service)
  const verified = verify(request, claim, service, parts.credentials, parts.clock)
  facts.caller = verified.caller
  return {
    world: parts.world,
    request: unframed(request, claim, verified),
    caller: verified.caller,
    region: claim.scope.region as RegionName,
    requestId: facts.requestId,
    service: facts.service,
  }
}

function unframed(request: SandboxRequest, claim: Claim, { key }: Verified): SandboxRequest {
  const declared = request.headers["x-amz-content-sha256"]
  if (declared === undefined || !declared.startsWith("STREAMING-")) return request
  const signer = { key, scope: claim.scope, time: claim.time, seed: claim.signature }
  const { body, trailers } = decodeAwsChunked(
    request.body,
    declared,
    request.headers["x-amz-decoded-content-length"],
    signer,
  )
  const { "content-encoding": encoding = "", ...headers } = request.headers
  const left = encoding
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "" && each !== "aws-chunked")
    .join(",")
  return { ...request, body, trailers, headers: left === "" ? headers : { ...headers, "content-encoding": left } }
}

function record(parts: Parts, facts: Facts, status: number): void {
  const { error, fault, caller } = facts
  parts.audit.write({
    at: parts.clock.now(),
    requestId: facts.requestId,
    service: facts.service,
    operation: facts.operation,
    region: facts.region,
    account: caller?.account ?? "-",
    principal: caller?.arn ?? "-",
    status,
    ...(error === undefined ? {} : { error: error.code, message: error.message }),
    ...(error?.denial === undefined ? {} : { denial: error.denial }),
    ...(fault === undefined ? {} : { fault: fault.id }),
    ...(caller === undefined ? {} : { identity: auditIdentity(caller) }),
    ...(facts.resources === undefined ? {} : { resources: facts.resources }),
  })
}
