import { resolveScope } from "../drill/resolve-scope.ts"
import type { DrillDefinition } from "../drill/schema.ts"
import { scopeDigest } from "../drill/scope-digest.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import { readEvidence } from "../evidence/read.ts"
import { fileName } from "../evidence/record-file.ts"
import type { BrokenRecord, EnvironmentObjective } from "../rto/check.ts"
import { RunRecord } from "../rto/record.ts"
import type { StoredAs } from "../rto/report.ts"
import type { StateFolder } from "./state-folder.ts"

export interface StoredRecords {
  readonly records: readonly RunRecord[]
  readonly stored: ReadonlyMap<string, StoredAs>
  readonly broken: readonly BrokenRecord[]
}

/** Every record of the state folder. One that cannot be understood is a break of the chain, never left out in silence. */
export async function storedRecords(state: StateFolder): Promise<StoredRecords> {
  const { files, breaks } = await readEvidence(state.join("evidence"))
  const records: RunRecord[] = []
  const broken: BrokenRecord[] = [...breaks]
  const stored = new Map<string, StoredAs>()
  for (const file of files) {
    const name = fileName(file.seq, file.run)
    const read = RunRecord.safeParse(file.record)
    if (!read.success)
      broken.push({
        file: name,
        why: `its record is not readable: ${read.error.issues[0]?.path.join(".") ?? ""} ${read.error.issues[0]?.message ?? ""}`,
      })
    else if (read.data.run !== file.run || read.data.simulated !== file.simulated)
      broken.push({ file: name, why: "its record tells another run or another simulated than the file" })
    else records.push(read.data)
    stored.set(file.run, { file: name, hash: file.hash })
  }
  return { records, stored, broken }
}

/** What dr.yaml promises, in the words of src/rto, and what each drill would be about today. */
export function objectivesOf(
  environments: readonly ResolvedEnvironment[],
  definitions: ReadonlyMap<string, DrillDefinition>,
): EnvironmentObjective[] {
  return environments.map((environment) => ({
    env: environment.name,
    rtoKeyMs: environment.objectives.rtoKeyMs,
    rtoDataMs: environment.objectives.rtoDataMs,
    proofMaxAgeMs: environment.objectives.proofMaxAgeMs,
    drills: [...new Set(environment.drills.map((drill) => drill.drill))],
    scopes: scopesOf(environment, definitions),
  }))
}

function scopesOf(
  environment: ResolvedEnvironment,
  definitions: ReadonlyMap<string, DrillDefinition>,
): Map<string, string> {
  const kinds = new Set(environment.datasets.map((dataset) => dataset.kind))
  const fitting = [...definitions.values()].filter(
    ({ datasets }) => kinds.size > 0 && (datasets === "all" || datasets.some((kind) => kinds.has(kind))),
  )
  return new Map(
    fitting.map((definition) => [definition.name, scopeDigest(resolveScope(environment, definition, { seed: "" }))]),
  )
}
