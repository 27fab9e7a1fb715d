import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DrError, messageOf } from "../../kernel/errors.ts"

/** A part of the world that can be written down and taken up again. `dump` gives JSON; bytes are base64 in it. */
export interface Snapshottable {
  readonly name: string
  dump(): unknown
  load(dumped: unknown): void
}

const FILE = "sandbox-world.json"
const VERSION = 2

/** Before the world begins, not when it ends and would be lost. @throws DrError `E_SANDBOX_STATE` */
export function openStateFolder(stateDir: string): void {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
    accessSync(stateDir, constants.W_OK)
  } catch (cause) {
    throw new DrError({
      code: "E_SANDBOX_STATE",
      message: `cannot keep the sandbox in ${stateDir}: ${messageOf(cause)}`,
      hints: ["name a folder that can be written"],
      cause,
    })
  }
}

/** Returns false when the folder holds no snapshot. @throws DrError `E_SANDBOX_STATE` when it cannot be read */
export function loadSnapshot(stateDir: string, parts: readonly Snapshottable[]): boolean {
  const path = join(stateDir, FILE)
  if (!existsSync(path)) return false
  try {
    const snapshot = JSON.parse(readFileSync(path, "utf8")) as { version: unknown; parts: Record<string, unknown> }
    if (snapshot.version !== VERSION) throw new TypeError(`version ${String(snapshot.version)}, expected ${VERSION}`)
    for (const part of parts) if (part.name in snapshot.parts) part.load(snapshot.parts[part.name])
    return true
  } catch (cause) {
    throw new DrError({
      code: "E_SANDBOX_STATE",
      message: `cannot read the sandbox's snapshot ${path}: ${messageOf(cause)}`,
      hints: ["move the file away to start empty"],
      cause,
    })
  }
}

/** Written aside and renamed: a crash leaves the old snapshot or the new one. Readable by its owner only. */
export function saveSnapshot(stateDir: string, parts: readonly Snapshottable[]): void {
  openStateFolder(stateDir)
  const path = join(stateDir, FILE)
  const text = JSON.stringify({
    version: VERSION,
    parts: Object.fromEntries(parts.map((part) => [part.name, part.dump()])),
  })
  writeFileSync(`${path}.part`, text, { mode: 0o600 })
  renameSync(`${path}.part`, path)
}
