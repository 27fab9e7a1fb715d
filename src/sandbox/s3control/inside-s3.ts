import { ServiceError, type Caller, type SandboxRequest, type SandboxResponse } from "../core/exchange.ts"
import type { RegionName } from "../../kernel/brands.ts"
import type { ControlParts } from "./control-call.ts"

/** A request that a job makes: like a client's, but already authenticated. */
export interface InsideRequest {
  readonly method: string
  readonly bucket: string
  readonly key: string
  readonly query?: ReadonlyArray<readonly [string, string]>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
}

export type InsideAnswer =
  | { readonly ok: true; readonly response: SandboxResponse }
  | { readonly ok: false; readonly error: ServiceError }

/** Goes through S3's own routes and handlers, so that a job can do nothing that its role could not do by itself. */
export function sendInside(
  { world, s3 }: ControlParts,
  caller: Caller,
  region: RegionName,
  wanted: InsideRequest,
): InsideAnswer {
  const request: SandboxRequest = {
    method: wanted.method,
    rawPath: `/${wanted.bucket}/${wanted.key.split("/").map(encodeURIComponent).join("/")}`,
    query: wanted.query ?? [],
    headers: { host: "localhost", ...wanted.headers },
    body: Buffer.from(wanted.body ?? ""),
    trailers: {},
  }
  const requestId = Buffer.from(world.random(8)).toString("hex").toUpperCase()
  try {
    const operation = s3.operationOf(request)
    if (operation === undefined) throw new ServiceError("NotImplemented", "S3 has no such operation here", 501)
    return { ok: true, response: s3.handle({ world, request, caller, region, requestId, service: "s3" }, operation) }
  } catch (error) {
    if (error instanceof ServiceError) return { ok: false, error }
    throw error
  }
}
