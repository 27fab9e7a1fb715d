import type { SandboxRequest, SandboxResponse } from "../core/exchange.ts"
import type { AuditLog } from "../core/audit.ts"
import type { AdjustableClock } from "../core/virtual-clock.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { neverStrikes, readFault, type Operations } from "../faults/rules.ts"
import type { FaultScript } from "../faults/script.ts"

export interface Controlled {
  readonly clock: AdjustableClock
  readonly faults: FaultScript
  readonly audit: AuditLog
  readonly operations: Operations
  readonly accounts: ReadonlyArray<{ readonly id: string; readonly name: string }>
}

export const CONTROL_PREFIX = "/_dr/"

const json = (status: number, value: unknown): SandboxResponse => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(value),
})
const refuse = (status: number, error: string): SandboxResponse => json(status, { error })

/**
 * Unsigned, so it must come from this machine and from no web page: a request with an Origin, or for a host name that
 * is not loopback (DNS rebinding), is refused.
 */
export function control(parts: Controlled, request: SandboxRequest): SandboxResponse {
  if (request.headers["origin"] !== undefined) return refuse(403, "requests from web pages are refused")
  if (!isLoopback(request.headers["host"] ?? "")) return refuse(403, "the host is not loopback")
  switch (`${request.method} ${request.rawPath.slice(CONTROL_PREFIX.length)}`) {
    case "GET status":
      return json(200, statusOf(parts))
    case "POST clock":
      return advance(parts, request)
    case "GET faults":
      return json(200, { faults: parts.faults.list() })
    case "POST faults":
      return addFault(parts, request)
    case "DELETE faults":
      return json(200, { cleared: parts.faults.clear(parameter(request, "id")) })
    case "GET audit":
      return json(200, {
        entries: parts.audit.read(Number(parameter(request, "limit") ?? 100)),
        counts: parts.audit.counts(),
      })
    default:
      return refuse(404, `no such control call: ${request.method} ${request.rawPath}`)
  }
}

const parameter = (request: SandboxRequest, name: string): string | undefined =>
  request.query.find(([each]) => each === name)?.[1]

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "")
  return name === "127.0.0.1" || name === "localhost" || name === "[::1]"
}

function statusOf({ clock, faults, accounts, audit }: Controlled): object {
  return {
    simulated: true,
    accounts,
    now: isoStamp(clock.now()),
    aheadMs: clock.offset(),
    faults: faults.list().length,
    calls: audit.counts(),
  }
}

function bodyOf(request: SandboxRequest): unknown {
  try {
    return JSON.parse(request.body.toString("utf8")) as unknown
  } catch {
    return undefined
  }
}

function advance(parts: Controlled, request: SandboxRequest): SandboxResponse {
  const body = bodyOf(request) as { advanceMs?: unknown } | undefined
  const ms = body?.advanceMs
  if (typeof ms !== "number" || !Number.isFinite(ms) || ms < 0) return refuse(400, "advanceMs must be a number ≥ 0")
  parts.clock.advance(ms)
  return json(200, { now: isoStamp(parts.clock.now()), aheadMs: parts.clock.offset() })
}

function addFault(parts: Controlled, request: SandboxRequest): SandboxResponse {
  const fault = readFault(bodyOf(request))
  if (typeof fault === "string") return refuse(400, fault)
  const never = neverStrikes(fault, parts.operations)
  return never === undefined ? json(200, { fault: parts.faults.add(fault) }) : refuse(400, never)
}
