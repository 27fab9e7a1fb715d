import { display } from "../kernel/display.ts"
import type { Edit } from "../keys/rotate/edits.ts"
import type { OnDemandResult, RotationNow } from "../keys/rotate/on-demand.ts"
import type { RotationReport } from "../keys/rotate/report.ts"
import { table } from "./table.ts"

/** How a key rotates now, and the three ways to change that. */
export function rotationChoicesText(now: RotationNow, names: { key: string; env: string }): string {
  const command = `dr keys rotate ${names.key} -e ${names.env}`
  return [
    rotationNowText(now),
    "",
    "say how:",
    `  ${command} --on-demand   new material in the same key, at once; nothing to edit, ${left(now)} of ${now.onDemand.most} left, not given back`,
    `  ${command} --manual      a new key in the policy's five steps; for a compromise, or where the key itself must go`,
    `  the annual rotation is set by keys.${names.key}.rotation.periodDays in dr.yaml: dr keys plan -e ${names.env}`,
    "neither kind re-encrypts what is already written",
  ].join("\n")
}

const left = ({ onDemand: { used, most } }: RotationNow): number => Math.max(0, most - used)

function rotationNowText({ alias, arn, state, automatic, onDemand }: RotationNow): string {
  const period =
    automatic === undefined
      ? "this kind of key does not rotate"
      : automatic.enabled
        ? `automatic, every ${automatic.periodDays ?? "?"} d, next ${automatic.nextAt ?? "unknown"}`
        : "✕ automatic rotation is off"
  return [
    `${display(alias)}: ${arn} (${display(state)})`,
    `  ${period}`,
    `  on demand: ${onDemand.used} of ${onDemand.most} used`,
  ].join("\n")
}

export function onDemandText(result: OnDemandResult): string {
  const { done, material } = result
  const at = material.rotation?.at ?? "?"
  const head =
    done === "now"
      ? `✓ rotated at ${at}: material ${display(material.id)} is current`
      : `✓ an earlier call had rotated it at ${at} (material ${display(material.id)}); nothing was sent again`
  return [head, rotationNowText(result)].join("\n")
}

/** What a call of the manual rotation did, why it stopped, and what comes next. */
export function rotationText(report: RotationReport): string {
  if (report.outcome === "none")
    return `no manual rotation of ${report.env}/${report.key} was ever begun here\nnext: ${commandOf(report)} --manual`
  return [headOf(report), ...placeLines(report), ...stepLines(report), ...nextLines(report)].join("\n")
}

const commandOf = ({ key, env }: RotationReport): string => `dr keys rotate ${key} -e ${env}`

function headOf({ outcome, env, key, step, rotation, next }: RotationReport): string {
  const name = `rotation ${rotation?.id ?? ""} of ${env}/${key}`
  switch (outcome) {
    case "aborted":
      return `- ${name} is given up; nothing was taken back`
    case "refused":
      return `✕ ${name}: step ${step} does not pass`
    case "waiting":
      return `… ${name}: waiting for your edits (steps 2 and 3)`
    case "done":
      return `✓ ${name}: step ${step} of 5 is done`
    default:
      return `${name}: ${next === "over" ? (rotation?.abortedAt === undefined ? "all five steps are done" : `given up at ${rotation.abortedAt}`) : `next is step ${next}`}`
  }
}

function placeLines({ alias, position }: RotationReport): string[] {
  if (position === undefined) return []
  const rows = [
    ...position.oldKey.map((place) => ["old key", place.region, stateOf(place), place.arn]),
    ...position.newKey.map((place) => ["new key", place.region, stateOf(place), place.arn]),
    ...position.alias.map(({ region, key }) => [alias, region, "leads to", key]),
  ]
  return [table(["WHAT", "REGION", "STATE", "ARN"], rows)]
}

const stateOf = ({ state, deletionAt }: { state: string; deletionAt?: string }): string =>
  deletionAt === undefined ? state : `${state}, ${deletionAt}`

function stepLines({
  proof,
  edits,
  datasets,
  problems,
  since,
  remaining,
  refusals,
  retired,
  left: keys,
}: RotationReport): string[] {
  return [
    ...(proof === undefined
      ? []
      : [
          `${proof.result === "proven" ? "✓ the new key is proven" : "? the new key is not proven"}: ${display(proof.note, 2_000)}`,
        ]),
    ...(edits ?? []).flatMap(editLines),
    ...(datasets ?? []).map(
      ({ dataset, written, strayCount, opened, defaultKey }) =>
        `  ${display(dataset)}: ${written} versions written since ${since}, ${written - strayCount} under the new key; opened ${opened.underNew} new and ${opened.underOld} old; bucket default: ${defaultKey.kind}`,
    ),
    ...(problems ?? []).flatMap(({ message, hint }) => [`✕ ${display(message, 2_000)}`, `  ${display(hint, 2_000)}`]),
    ...(remaining === undefined
      ? []
      : [
          `  ${remaining.looked} object versions asked for their key: ${remaining.count}${remaining.more ? " or more" : ""} under the old one`,
        ]),
    ...(refusals ?? []).flatMap(({ code, message, hint }) => [
      `✕ ${code}: ${display(message, 2_000)}`,
      `  ${display(hint, 2_000)}`,
    ]),
    ...(retired?.places ?? []).map(({ region, undo }) => `  undo in ${region}: ${undo}`),
    ...(keys === undefined || keys.length === 0 ? [] : [`  left: ${keys.join(", ")}; the next rotation takes it over`]),
  ]
}

function editLines({ step, what, where, old, new: next, text, afterStep4 }: Edit): string[] {
  return [
    "",
    `${step}  ${display(what)}${afterStep4 === true ? "  (only after step 4 has passed: dr moves the alias)" : ""}`,
    `   in   ${display(where)}`,
    `   old  ${old}`,
    `   new  ${next}`,
    ...text.split("\n").map((line) => `   | ${display(line, 4_000)}`),
  ]
}

function nextLines(report: RotationReport): string[] {
  const { outcome, next, rotation } = report
  const command = commandOf(report)
  if (next === undefined) return []
  if (outcome === "aborted" || next === "over") return [`a new one begins with: ${command} --manual --step 1`]
  if (next === 5)
    return [
      `next: ${command} --manual --confirm ${report.alias}   # step 5, once the old key is silent and nothing lies under it`,
    ]
  if (next === 4)
    return [
      "",
      `next, when every edit is made: ${command} --manual   # step 4 looks at what was written since ${rotation?.editedAt ?? rotation?.shownAt}`,
    ]
  return [`next: ${command} --manual`]
}
