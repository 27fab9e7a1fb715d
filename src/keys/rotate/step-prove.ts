import { relatedIn } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { display } from "../../kernel/display.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { Millis } from "../../kernel/units.ts"
import { moveAlias } from "./move-alias.ts"
import { aliasMoved } from "./position.ts"
import { proofProblems } from "./proof.ts"
import type { RotationReport } from "./report.ts"
import { readAgain, reportOf, type Rotating } from "./rotating.ts"
import { proveWriters } from "./verify.ts"

/**
 * Step 4: every writer works under the new key and everything opens; only then the alias moves, in every Region.
 * `since`: a later end of the edits than the moment they were shown; epoch milliseconds.
 */
export async function proveStep(at: Rotating, since: Millis | undefined): Promise<RotationReport> {
  const { deps, scope } = at
  const from = sinceOf(at, since)
  const state = since === undefined ? at.state : { ...at.state, editedAt: isoStamp(since) }
  const keys = { oldKey: state.oldKey as KeyArn, newKey: state.newKey as KeyArn }
  mustLeadHere(at)
  const datasets = await proveWriters(deps, scope, keys, from)
  const problems = proofProblems(datasets, from)
  const found = { step: 4 as const, since: isoStamp(from), datasets, problems }
  if (problems.length > 0) return { ...reportOf(at, "refused"), ...found }
  if (!aliasMoved(state, at.position)) {
    const { alias } = scope.key
    const regions = at.position.alias.map(({ region }) => region).join(", ")
    await deps.consent.reversible(
      `step 4 passed: move ${alias} in ${regions} from ${state.oldKey} to ${state.newKey}; moving it back is the way back`,
    )
  }
  const proven = await readAgain(at, { ...state, provenAt: state.provenAt ?? isoStamp(deps.clock.now()) })
  await moveAlias(deps, scope, proven.state, proven.position)
  const moved = await readAgain(proven, { aliasMovedAt: isoStamp(deps.clock.now()), ...proven.state })
  return { ...reportOf(moved, "done"), ...found }
}

/** S3's and this machine's clocks count; what was written before the edits were shown says nothing about them. */
function sinceOf({ deps, state }: Rotating, since: Millis | undefined): Millis {
  const shown = Date.parse(state.shownAt ?? "")
  if (since === undefined) return state.editedAt === undefined ? shown : Date.parse(state.editedAt)
  if (since >= shown && since <= deps.clock.now()) return since
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `--since ${isoStamp(since)} is ${since < shown ? `before the edits were shown (${state.shownAt})` : "in the future"}`,
    hints: ["--since is when the last writer was given the new key, in UTC: 2026-11-24T18:30:00Z"],
  })
}

/** An alias that somebody led to a third key is nobody's to move but theirs. */
function mustLeadHere({ scope, state, position }: Rotating): void {
  const ours = (region: Parameters<typeof relatedIn>[0]) =>
    [state.oldKey, state.newKey].map((key) => relatedIn(region, key as KeyArn))
  const stranger = position.alias.find(({ region, key }) => key !== "absent" && !ours(region).includes(key))
  if (stranger === undefined) return
  throw new DrError({
    code: "E_ROTATION_ALIAS",
    exit: EXIT.checkSaysNo,
    message: `${scope.key.alias} in ${stranger.region} leads to ${display(stranger.key)}, which is neither the old key nor the new one of this rotation`,
    hints: ["find out who moved it; dr moves no alias away from a key that it does not know"],
  })
}
