import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { RunFiles } from "../ports.ts"
import type { JobRows } from "./census.ts"
import type { BatchManifest } from "./ports.ts"
import type { JobTally } from "./report.ts"

/** What outlives the operator's computer being closed: written before each step, so that a run that goes on attaches again. */
export interface BatchState {
  readonly version: 1
  readonly plan: string
  readonly part: string
  readonly jobs: readonly JobState[]
}

export interface JobState {
  readonly rows: JobRows
  readonly token: string
  /** There once it is laid down. */
  readonly manifest?: BatchManifest
  /** There once CreateJob has answered; until then the token finds it. */
  readonly jobId?: string
  /** There once the job has ended and its report was read. */
  readonly ended?: JobTally
}

/** Undefined when nothing was begun. @throws DrError E_BATCH_STATE when it belongs to another plan */
export async function loadState(files: RunFiles, name: string, plan: string): Promise<BatchState | undefined> {
  if (!(await files.list()).includes(name)) return undefined
  const parts: Buffer[] = []
  for await (const chunk of files.read(name)) parts.push(chunk)
  const state = parse(Buffer.concat(parts).toString("utf8"))
  if (state?.version === 1 && state.plan === plan) return state
  throw new DrError({
    code: "E_BATCH_STATE",
    exit: EXIT.failed,
    message: `${name} is not the state of this plan's batch jobs`,
    hints: ["dr restore plan makes a new plan, with a run of its own"],
  })
}

function parse(text: string): BatchState | undefined {
  try {
    return JSON.parse(text) as BatchState
  } catch {
    return undefined
  }
}

export const saveState = (files: RunFiles, name: string, state: BatchState): Promise<void> =>
  files.replace(name, `${JSON.stringify(state, undefined, 2)}\n`)
