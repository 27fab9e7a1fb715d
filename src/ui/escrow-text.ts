import type { Created } from "../keys/escrow/create.ts"
import type { EscrowDrill } from "../keys/escrow/drill.ts"
import type { PlaceExpiry, SetState } from "../keys/escrow/overview.ts"
import type { Recovered, RecoveredPlace } from "../keys/escrow/recover.ts"
import type { QuorumProof, ShareProof, Verified } from "../keys/escrow/verify.ts"
import { display } from "../kernel/display.ts"
import { table } from "./table.ts"

const PROOF = {
  decrypted: "✓ old ciphertext opens",
  "no-canary": "? nothing to prove it with",
  failed: "✕ failed",
} as const

const simulatedLine = (simulated: boolean): string[] => (simulated ? ["! simulated: emulated AWS, not evidence"] : [])

/** Who holds what now, and what to do with it. */
export function createdText(created: Created, { out, simulated }: { out: string; simulated: boolean }): string {
  const { set } = created.record
  return [
    `set ${set.id}: ${set.threshold} of ${set.custodians.length} custodians recover ${display(set.key)}`,
    `material ${set.keyMaterialId ?? "?"}, check value ${set.material.kcv}`,
    table(
      ["REGION", "STATE", "PROOF"],
      created.places.map(({ region, state, proof }) => [region, state, PROOF[proof]]),
    ),
    ...created.places.flatMap((place) =>
      place.why === undefined ? [] : [`  ${place.region}: ${display(place.why, 500)}`],
    ),
    ...(created.abandoned.length === 0
      ? []
      : [`! worthless, never imported: the shares of ${created.abandoned.join(", ")}; delete those files`]),
    `shares, each for one person alone, in ${display(out)}:`,
    ...created.files.map((file, at) => `  ${display(set.custodians[at]?.name ?? "")}: ${display(file)}`),
    "hand each to its custodian, let each prove it (dr keys escrow verify FILE --identity …), then delete the folder",
    ...simulatedLine(simulated),
  ].join("\n")
}

export function verifiedText({ shares, quorums }: Verified): string {
  return [...shares.map(shareLine), ...quorums.flatMap((quorum) => quorumLine(quorum, shares.length))].join("\n")
}

function shareLine(share: ShareProof): string {
  if (!share.ok) return `✕ ${display(share.why, 500)}`
  const notes = [
    ...(share.byAnotherIdentity ? ["opened by another identity than the set names"] : []),
    ...(share.recorded ? [] : ["the set is not in this state folder: the proof is kept nowhere"]),
  ]
  const whole = `✓ ${display(share.from)}: share ${share.index} of ${share.set}, ${display(share.custodian)}, is whole`
  return notes.length === 0 ? whole : `${whole}; ! ${notes.join("; ")}`
}

function quorumLine({ set, custodians, needed, result, why }: QuorumProof, given: number): string[] {
  const who = custodians.map((name) => display(name)).join(", ")
  if (result === "combines") return [`✓ ${set}: ${who} recover it: their shares combine to what was split`]
  if (result === "failed") return [`✕ ${set}: ${who}: ${display(why ?? "", 500)}`]
  return given < 2 ? [] : [`- ${set}: ${custodians.length} of the ${needed} that recover it`]
}

export function recoveredText({ set, places }: Recovered, { simulated }: { simulated: boolean }): string {
  return [
    `set ${set.id}, key ${display(set.key)} (${display(set.keyArn)})`,
    table(
      ["REGION", "BEFORE", "DONE", "NOW", "PROOF"],
      places.map((place) => [place.region, place.before, DONE[place.result], place.state, PROOF[place.proof]]),
    ),
    ...places.flatMap(whyLines),
    ...simulatedLine(simulated),
  ].join("\n")
}

const DONE = { brought: "✓ material brought", held: "- had it", failed: "✕ not brought" } as const

const whyLines = ({ region, why, hint }: RecoveredPlace): string[] => [
  ...(why === undefined ? [] : [`  ${region}: ${display(why, 500)}`]),
  ...(hint === undefined ? [] : [`    next: ${display(hint)}`]),
]

export function escrowDrillText(drill: EscrowDrill, facts: { record: string; simulated: boolean }): string {
  return [
    ...drill.steps.map(
      ({ step, ok, why }) => `${ok ? "✓" : "✕"} ${step}${why === undefined ? "" : `: ${display(why, 500)}`}`,
    ),
    ...drill.swept.map((arn) => `! an earlier drill was killed: the deletion of ${display(arn)} is scheduled now`),
    `${drill.passed ? "✓ passed" : "✕ failed"}: throw-away key ${display(drill.keyArn)}, gone ${drill.deletionAt ?? "?"}`,
    ...simulatedLine(facts.simulated),
    `record: ${display(facts.record)}`,
  ].join("\n")
}

export function escrowListText(
  sets: ReadonlyArray<SetState & { readonly lastDrillAt?: string }>,
  problems: readonly string[],
): string {
  if (sets.length === 0 && problems.length === 0) return "no sets, and no key of dr.yaml has imported material"
  return [...sets.map(setText), ...problems.map((problem) => `✕ ${display(problem, 500)}`)].join("\n")
}

function setText(set: SetState & { readonly lastDrillAt?: string }): string {
  return [
    `${display(set.key)}: set ${set.id}, ${set.m} of ${set.n}, ${set.stage}, of ${set.createdAt.slice(0, 10)}`,
    `  quorum proven ${set.lastQuorumAt ?? "never"}; drill passed ${set.lastDrillAt ?? "never"}`,
    indented(
      table(
        ["CUSTODIAN", "LAST PROOF", ""],
        set.custodians.map(({ name, lastProofAt, overdue, changed }) => [
          name,
          lastProofAt ?? "? never",
          [...(overdue ? ["✕ overdue"] : []), ...(changed ? ["✕ not as in dr.yaml"] : [])].join(", "),
        ]),
      ),
    ),
    ...(set.places.length === 0
      ? []
      : [
          indented(
            table(
              ["REGION", "STATE", "EXPIRES", ""],
              set.places.map((place) => [place.region, place.state, place.expiresAt ?? "never", countdown(place)]),
            ),
          ),
        ]),
  ].join("\n")
}

function countdown({ missing, daysLeft, warning }: PlaceExpiry): string {
  if (missing) return "✕ material missing"
  if (daysLeft === undefined) return ""
  return warning === undefined ? `in ${daysLeft} d` : `! in ${daysLeft} d: ${warning} days or less`
}

const indented = (text: string): string => text.replaceAll(/^/gm, "  ")
