import { readdir, rm } from "node:fs/promises"
import { z } from "zod"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { KeyArn } from "../kernel/brands.ts"
import { EscrowRecord, type EscrowStore } from "../keys/escrow/set.ts"
import type { ThrowAways } from "../keys/escrow/drill.ts"
import { readIfThere, writeAtomic, type StateFolder } from "./state-folder.ts"

/** `escrow/<set>.json` in the state folder: what everybody may know of a set, and when it was proven. */
export function escrowStore(state: StateFolder): EscrowStore {
  return {
    list: () => readAll(state, ["escrow"], (value) => EscrowRecord.safeParse(value).data),
    save: async (record) =>
      writeAtomic(`${await state.folder("escrow")}/${record.set.id}.json`, `${JSON.stringify(record, undefined, 2)}\n`),
  }
}

const Throw = z.strictObject({
  run: z.string().regex(/^dr-[0-9TZa-f-]+$/),
  keyArn: z.string().transform((arn) => arn as KeyArn),
  madeAt: z.string(),
})

/** Throw-away keys whose deletion is not scheduled yet. */
export function throwAways(state: StateFolder): ThrowAways {
  const pathOf = async (run: string): Promise<string> => `${await state.folder("escrow", "throw-away")}/${run}.json`
  return {
    list: () => readAll(state, ["escrow", "throw-away"], (value) => Throw.safeParse(value).data),
    save: async (key) => writeAtomic(await pathOf(key.run), `${JSON.stringify(key)}\n`),
    forget: async ({ run }) => rm(await pathOf(run), { force: true }),
  }
}

const Drill = z.object({ key: z.string(), at: z.string(), passed: z.boolean() })

/** What the drills of the escrow came to. */
export function escrowDrills(state: StateFolder) {
  return {
    /** When a drill for the key last passed, ISO 8601. */
    async lastPassed(key: string): Promise<string | undefined> {
      const all = await readAll(state, ["escrow", "drills"], (value) => Drill.safeParse(value).data)
      const passed = all.filter((drill) => drill.key === key && drill.passed)
      return passed
        .map(({ at }) => at)
        .toSorted()
        .at(-1)
    },
    async save(run: string, drill: object): Promise<string> {
      const path = `${await state.folder("escrow", "drills")}/${run}.json`
      await writeAtomic(path, `${JSON.stringify(drill, undefined, 2)}\n`)
      return path
    },
  }
}

async function readAll<T>(
  state: StateFolder,
  folder: readonly string[],
  parse: (value: unknown) => T | undefined,
): Promise<T[]> {
  const path = state.join(...folder)
  const names = await readdir(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return []
    throw damaged(path, cause.message)
  })
  const records: T[] = []
  for (const name of names.filter((each) => each.endsWith(".json") && !each.startsWith(".")).toSorted()) {
    const text = (await readIfThere(`${path}/${name}`)) ?? ""
    const record = parse(jsonOf(text))
    if (record === undefined) throw damaged(`${path}/${name}`, "it holds no record of an escrow")
    records.push(record)
  }
  return records
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const damaged = (path: string, why: string): DrError =>
  new DrError({
    code: "E_STATE",
    exit: EXIT.config,
    message: `cannot use ${display(path)}: ${why}`,
    hints: ["put it aside; shares recover without it"],
  })
