import { rm } from "node:fs/promises"
import { digestOf } from "../kernel/digest.ts"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { OnDemandIntent } from "../keys/rotate/on-demand-decision.ts"
import type { RotationStore } from "../keys/rotate/ports.ts"
import { isOver, openState, sealState } from "../keys/rotate/state.ts"
import { readIfThere, writeAtomic, type StateFolder } from "./state-folder.ts"

/**
 * `rotations/<env>.<key>.json` in the state folder, and beside it what is about to be rotated on demand. A rotation that is
 * over is kept under its id when the next one begins. Names hold no dots, so no two keys share a file.
 */
export function rotationStore(
  state: StateFolder,
  env: string,
  key: string,
  side: "workload" | "recovery",
): RotationStore {
  const fileOf = async (suffix = ""): Promise<string> =>
    `${await state.folder("rotations")}/${env}.${key}${suffix}.json`
  const read = async () => {
    const path = await fileOf()
    const text = await readIfThere(path)
    return text === undefined ? undefined : openState(path, text, { env, key })
  }
  const intentFile = (): Promise<string> => fileOf(`.${side}.on-demand`)
  return {
    load: read,
    async save(next) {
      const before = await read()
      if (before !== undefined && before.id !== next.id && isOver(before))
        await writeAtomic(await fileOf(`.${before.id}`), sealState(before))
      await writeAtomic(await fileOf(), sealState(next))
    },
    async intent() {
      const path = await intentFile()
      const text = await readIfThere(path)
      return text === undefined ? undefined : openIntent(path, text)
    },
    async saveIntent(intent) {
      const path = await intentFile()
      if (intent === undefined) await rm(path, { force: true })
      else await writeAtomic(path, `${JSON.stringify({ ...intent, hash: digestOf(intent) })}\n`)
    },
  }
}

/** @throws DrError E_ROTATION_STATE (78) */
function openIntent(path: string, text: string): OnDemandIntent {
  try {
    const { hash, ...intent } = JSON.parse(text) as OnDemandIntent & { hash?: string }
    if (hash === digestOf(intent) && typeof intent.key === "string" && Array.isArray(intent.before)) return intent
  } catch {
    // told below
  }
  throw new DrError({
    code: "E_ROTATION_STATE",
    exit: EXIT.config,
    message: `cannot trust ${display(path)}: it was changed after it was written`,
    hints: ["look with `dr keys status` whether a rotation on demand was done, then take the file away"],
  })
}
