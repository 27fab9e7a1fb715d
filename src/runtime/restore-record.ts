import { z } from "zod"
import { isRunId, type RunId } from "../kernel/brands.ts"
import { isRunning } from "./process-identity.ts"

const count = z.int().nonnegative()

/** How far one part is, as far as it is on the disk. */
const PartRecord = z.strictObject({
  name: z.string(),
  objects: count,
  done: count,
  failed: count,
  skipped: count,
  unknown: count,
  bytesDone: count,
  /** Last seal of its journal, once that is closed: what the journal must end with. */
  chain: z.string().optional(),
})

/** `run.json`: what others may know of a run without reading its journal. */
export const RestoreRecord = z.strictObject({
  version: z.literal(1),
  run: z.string().refine((text): text is RunId => isRunId(text)),
  /** `Restore`, `RestoreSync`, … */
  kind: z.string(),
  env: z.string(),
  simulated: z.boolean(),
  /** `stopped` goes on with `dr resume`; `aborted` was ended by a person. */
  state: z.enum(["running", "stopped", "finished", "aborted"]),
  process: z.strictObject({ pid: z.int(), boot: z.string(), started: z.string() }),
  plan: z.string(),
  epoch: count,
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  parts: z.array(PartRecord),
  /** Of a finished run: what came of it. */
  verdict: z.enum(["restored", "incomplete", "not-proven"]).optional(),
  /** Why it stopped. */
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
})
export type RestoreRecord = Readonly<z.infer<typeof RestoreRecord>>

/** A process that was killed had no time to say so. */
export function stateNow({ state, process }: Pick<RestoreRecord, "state" | "process">): RestoreRecord["state"] {
  return state === "running" && !isRunning(process) ? "stopped" : state
}
