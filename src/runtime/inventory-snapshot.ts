import { join } from "node:path"
import type { Inventory } from "../access/inventory.ts"
import { isoStamp } from "../kernel/clock.ts"
import { display } from "../kernel/display.ts"
import { digestOf } from "../kernel/digest.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { Deps } from "./deps.ts"
import { writeAtomic } from "./state-folder.ts"

/** What `dr policy snapshot` writes. The digest covers everything else: a snapshot that was edited is refused. */
interface InventorySnapshot {
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

function sealSnapshot(content: Omit<InventorySnapshot, "apiVersion" | "kind" | "digest">): InventorySnapshot {
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

/** Writes the snapshot to `out`, else into inventory/ of the state folder. @throws DrError E_WRITE, E_STATE_FOLDER */
export async function takeSnapshot(
  deps: Pick<Deps, "clock" | "state" | "version">,
  env: string,
  inventory: Inventory,
  out: string | undefined,
): Promise<{ path: string; digest: string }> {
  const takenAt = inventory.takenAt ?? isoStamp(deps.clock.now())
  const snapshot = sealSnapshot({ takenAt, tool: deps.version, env, inventory })
  const path = out ?? join(await deps.state.folder("inventory"), `${env}-${takenAt.replace(/[-:]|\.\d+/g, "")}.json`)
  await writeAtomic(path, `${JSON.stringify(snapshot, undefined, 2)}\n`)
  return { path, digest: snapshot.digest }
}
