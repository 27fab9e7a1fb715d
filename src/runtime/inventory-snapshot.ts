import type { Inventory } from "../access/inventory.ts"
import { display } from "../kernel/display.ts"
import { digestOf } from "../kernel/digest.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** What `dr policy snapshot` writes. The digest covers everything else: a snapshot that was edited is refused. */
export interface InventorySnapshot {
  readonly apiVersion: "dr/v1"
  readonly kind: "InventorySnapshot"
  /** ISO 8601. */
  readonly takenAt: string
  /** Version of `dr` that took it. */
  readonly tool: string
  /** Environment of dr.yaml. */
  readonly env: string
  readonly inventory: Inventory
  /** `sha256:` over the canonical JSON of the rest. It shows a change; it does not say who took the snapshot. */
  readonly digest: string
}

export function sealSnapshot(content: Omit<InventorySnapshot, "apiVersion" | "kind" | "digest">): InventorySnapshot {
  const sealed = { apiVersion: "dr/v1", kind: "InventorySnapshot", ...content } as const
  return { ...sealed, digest: digestOf(sealed) }
}

export function isSnapshot(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  return ["inventory", "digest", "kind"].some((field) => field in value)
}

/** The inventory inside, as parsed JSON. @throws DrError E_SNAPSHOT (78) when it is not what was written */
export function openSnapshot(path: string, snapshot: Readonly<Record<string, unknown>>): unknown {
  const { digest, ...content } = snapshot
  if (content["apiVersion"] !== "dr/v1" || content["kind"] !== "InventorySnapshot")
    throw refused(path, `expected kind InventorySnapshot of dr/v1, received ${kindOf(content)}`)
  if (typeof digest !== "string") throw refused(path, "it has no digest")
  const computed = digestIfPossible(path, content)
  if (computed !== digest)
    throw refused(
      path,
      `it was changed after it was written: its digest is ${computed}, it says ${display(digest, 100)}`,
    )
  return content["inventory"]
}

const kindOf = (content: Readonly<Record<string, unknown>>): string =>
  display(JSON.stringify([content["kind"], content["apiVersion"]]), 100)

function digestIfPossible(path: string, content: object): string {
  try {
    return digestOf(content)
  } catch (cause) {
    throw refused(path, `nobody can digest it: ${messageOf(cause)}`)
  }
}

function refused(path: string, why: string): DrError {
  return new DrError({
    code: "E_SNAPSHOT",
    exit: EXIT.config,
    message: `cannot trust the snapshot ${display(path)}: ${why}`,
    hints: ["take a new one with `dr policy snapshot -e ENV --out FILE`"],
  })
}
