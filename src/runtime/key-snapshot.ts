import { rename } from "node:fs/promises"
import { openEnvelope, sealEnvelope } from "../evidence/dsse.ts"
import { existingSigner, machineSigner } from "../evidence/machine-key.ts"
import { canonicalJson } from "../kernel/canonical-json.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { KeyInventory } from "../keys/status/key-inventory.ts"
import type { Deps } from "./deps.ts"
import { readIfThere, writeAtomic, type StateFolder } from "./state-folder.ts"

const PAYLOAD_TYPE = "application/vnd.dr.key-inventory+json"

/** What is signed. */
interface KeySnapshot {
  readonly apiVersion: "dr/v1"
  readonly kind: "KeyInventorySnapshot"
  readonly env: string
  /** Version of `dr`. */
  readonly tool: string
  readonly simulated: boolean
  readonly inventory: KeyInventory
}

export interface SavedSnapshot {
  readonly path: string
  /** Of this machine's public key. */
  readonly signer: string
  readonly snapshot: KeySnapshot
}

const pathOf = (state: StateFolder, env: string): string => state.join("inventory", `keys-${env}.json`)
const signing = (state: StateFolder): string => state.join("signing")

/**
 * The last inventory of the environment's keys that this machine read; undefined when there is none.
 * @throws DrError E_KEY_SNAPSHOT (3) for one that was edited, cut or signed elsewhere, E_MACHINE_KEY (75), E_READ (78)
 */
export async function lastKeySnapshot(state: StateFolder, env: string): Promise<SavedSnapshot | undefined> {
  const path = pathOf(state, env)
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  const signer = await existingSigner(signing(state))
  if (signer === undefined) throw refused(path, "the key that signed it is not on this machine")
  const opened = openEnvelope(text, PAYLOAD_TYPE, signer)
  if (!opened.ok) throw refused(path, opened.why)
  const snapshot = JSON.parse(opened.payload) as KeySnapshot
  // Signed here, so the shape is ours; but a file can be moved, and a version may have written another one.
  if (snapshot.apiVersion !== "dr/v1" || snapshot.env !== env)
    throw refused(path, `it is about ${JSON.stringify(snapshot.env)} in ${JSON.stringify(snapshot.apiVersion)}`)
  return { path, signer: signer.fingerprint, snapshot }
}

/** Replaces the environment's snapshot, atomically. @throws DrError E_WRITE, E_STATE_FOLDER, E_MACHINE_KEY (75) */
export async function saveKeySnapshot(
  deps: Pick<Deps, "state" | "random" | "version">,
  inventory: KeyInventory,
  simulated: boolean,
): Promise<SavedSnapshot> {
  await deps.state.folder("inventory")
  const signer = await machineSigner(await deps.state.folder("signing"), deps.random)
  const path = pathOf(deps.state, inventory.env)
  const snapshot: KeySnapshot = {
    apiVersion: "dr/v1",
    kind: "KeyInventorySnapshot",
    env: inventory.env,
    tool: deps.version,
    simulated,
    inventory,
  }
  await writeAtomic(path, `${JSON.stringify(sealEnvelope(PAYLOAD_TYPE, canonicalJson(snapshot), signer))}\n`)
  return { path, signer: signer.fingerprint, snapshot }
}

/** Out of the way of the next one, kept for whoever asks what happened. Returns where it is. */
export async function setAside(state: StateFolder, env: string, stamp: string): Promise<string> {
  const aside = `${pathOf(state, env)}.refused-${stamp.replace(/[-:]|\.\d+/g, "")}`
  await rename(pathOf(state, env), aside)
  return aside
}

function refused(path: string, why: string): DrError {
  return new DrError({
    code: "E_KEY_SNAPSHOT",
    exit: EXIT.checkSaysNo,
    message: `cannot trust the snapshot ${path}: ${why}`,
    hints: ["take a new one: dr keys status -e ENV", "keep the file for whoever asks what happened"],
  })
}
