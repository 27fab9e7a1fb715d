import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { FAULT_KINDS, readFault, type NewFault } from "./faults/rules.ts"
import type { FaultStatus } from "./faults/script.ts"

/** Talks to a sandbox that another process serves on this machine. */
async function ask<T>(port: number, method: string, path: string, body?: object): Promise<T> {
  let response: Response
  try {
    response = await fetch(`http://127.0.0.1:${port}/_dr/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    })
  } catch (cause) {
    throw new DrError({
      code: "E_SANDBOX_UNREACHABLE",
      message: `no sandbox answers on port ${port}: ${messageOf(cause)}`,
      hints: [`dr sandbox up --port ${port}`],
      cause,
    })
  }
  const answer = (await response.json().catch(() => ({}))) as T & { error?: string }
  if (response.ok) return answer
  throw new DrError({
    code: "E_SANDBOX_CONTROL",
    message: `the sandbox refused: ${answer.error ?? `status ${response.status}`}`,
  })
}

export const advanceClock = (port: number, advanceMs: number): Promise<{ now: string; aheadMs: number }> =>
  ask(port, "POST", "clock", { advanceMs })

export const addFault = (port: number, fault: NewFault): Promise<{ fault: NewFault & { id: string } }> =>
  ask(port, "POST", "faults", fault)

export const listFaults = (port: number): Promise<{ faults: FaultStatus[] }> => ask(port, "GET", "faults")

export const clearFaults = (port: number): Promise<{ cleared: number }> => ask(port, "DELETE", "faults")

/** `{"kind":"deny",…}`, or `kind:service:operation:match` whose later parts may be left out. */
export function parseFault(text: string): NewFault {
  const fault = readFault(text.trimStart().startsWith("{") ? fromJson(text) : fromShort(text))
  if (typeof fault !== "string") return fault
  throw new DrError({
    code: "E_SANDBOX_FAULT",
    exit: EXIT.usage,
    message: `${JSON.stringify(text)} is no fault: ${fault}`,
    hints: ["for example: --add error-in-200:s3:CopyObject:loki/", `kinds: ${FAULT_KINDS.join(", ")}`],
  })
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The match is all behind the third colon: ARNs have colons. */
function fromShort(text: string): unknown {
  const [kind, service, operation, ...match] = text.split(":")
  return {
    kind,
    ...(service ? { service } : {}),
    ...(operation ? { operation } : {}),
    ...(match.length === 0 ? {} : { match: match.join(":") }),
  }
}

export function faultTable(faults: readonly FaultStatus[]): string {
  if (faults.length === 0) return "no faults"
  return faults
    .map(
      ({ rule: { id, kind, ...rest }, seen, struck }) =>
        `${id}  ${kind}  ${JSON.stringify(rest)}  seen ${seen}, struck ${struck}`,
    )
    .join("\n")
}
