import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { EnvironmentKeys, KeyStatus } from "../keys/status/key-status.ts"
import type { PlaceStatus } from "../keys/status/place-status.ts"
import { placeCells, PLACE_HEAD } from "./key-place-text.ts"
import { recoverabilityTable, restsOnFaith } from "./recoverability-text.ts"
import { columns } from "./table.ts"

export interface KeyStatusView {
  /** The exit code follows what is wrong. */
  readonly check: boolean
  /** Columns of the table of incidents. */
  readonly width: number
  /** Tells only why something would not come back by our own hands. */
  readonly brief: boolean
}

/** The result of `dr keys status` for people. */
export function keyStatusText(environments: readonly EnvironmentKeys[], view: KeyStatusView): string {
  const problems = environments.reduce(
    (sum, { keys }) => sum + keys.reduce((all, key) => all + key.problems.length, 0),
    0,
  )
  const verdict =
    problems === 0
      ? `✓ every key is as dr.yaml wants it, and no incident is without a way back${faith(environments)}`
      : `✕ ${problems} ${problems === 1 ? "thing is" : "things are"} not as ${problems === 1 ? "it" : "they"} should be${view.check ? "" : "; --check exits 3 for it"}`
  return [...environments.map((environment) => environmentText(environment, view)), verdict].join("\n\n")
}

/** Where a way back has never been gone, nobody should read a tick as proof. */
function faith(environments: readonly EnvironmentKeys[]): string {
  const unproven = environments.filter(({ keys }) =>
    keys.some((key) => key.recoverability.some((cell) => restsOnFaith(key, cell))),
  )
  const [first] = unproven
  if (first === undefined) return ""
  return `\n? not proven: no drill has read every recovery copy; next: dr drill run -e ${display(first.env)}`
}

function environmentText(environment: EnvironmentKeys, view: KeyStatusView): string {
  const { keys } = environment
  return [
    head(environment),
    placesText(keys, environment.takenAt),
    ...(keys.length === 0 ? [] : [recoverabilityTable(keys.map(rowOf), view) + more(view)]),
    ...problemLines(keys),
  ].join("\n\n")
}

const more = ({ brief }: KeyStatusView): string => (brief ? "\nevery reason: --key NAME, or --json" : "")

const rowOf = ({ name, side, account, alias, recoverability }: KeyStatus) => ({
  key: name,
  side,
  account,
  alias,
  cells: recoverability,
})

function head({ env, source, takenAt, ageMs, simulated, keys, signer }: EnvironmentKeys): string {
  const count = `${keys.length} ${keys.length === 1 ? "key" : "keys"}`
  const from =
    source === "live"
      ? `read ${second(takenAt)}`
      : `! from the snapshot of ${second(takenAt)}, ${formatDuration(ageMs)} old, signed by this machine (${(signer ?? "").slice(0, 15)})`
  const lines = [`${display(env)}: ${count}, ${from}`]
  if (simulated) lines.push("! SIMULATED — emulated AWS: not evidence")
  return lines.join("\n")
}

/** One aligned table: a line for each key, and below it one for each Region. */
function placesText(keys: readonly KeyStatus[], takenAt: string): string {
  const rows = keys.flatMap((key) => key.places.map((place) => placeCells(key, place, takenAt)))
  const lines = columns([PLACE_HEAD, ...rows])
  const [first = "", ...rest] = lines
  const text: string[] = [first]
  for (const key of keys) {
    text.push(...keyLines(key))
    text.push(...rest.splice(0, key.places.length))
    text.push(...strayLines(key))
  }
  return text.join("\n")
}

function keyLines(key: KeyStatus): string[] {
  const { name, side, alias, account, accountName, places } = key
  const lead =
    places.find(({ found }) => found === "found") ?? places.find(({ last }) => last !== undefined)?.last?.status
  const details = [...(lead === undefined ? [] : [kindOf(lead)]), ...rotationOf(places), proofOf(key)]
  return [
    `${display(name)}${side === "recovery" ? ", recovery key" : ""}: ${display(alias)} in ${display(accountName)} (${account})`,
    `  ${details.join(" · ")}`,
  ]
}

function kindOf({ origin = "", spec = "", singleRegion = false }: PlaceStatus): string {
  const ordinary = origin === "AWS_KMS" && spec === "SYMMETRIC_DEFAULT"
  const kind = ordinary ? "AWS_KMS" : `${display(origin)} ${display(spec)}`
  return singleRegion ? `${kind}, ! single-Region` : kind
}

function rotationOf(places: readonly PlaceStatus[]): string[] {
  const place = places.find(({ rotation }) => rotation !== undefined)
  if (place?.rotation === undefined) return []
  const { enabled, periodDays, nextAt, onDemandAt } = place.rotation
  const used = place.onDemandRotations
  const onDemand = used === undefined || used.used === 0 ? "" : `, on demand ${used.used} of ${used.limit}`
  const running = onDemandAt === undefined ? "" : `, one under way since ${day(onDemandAt)}`
  if (!enabled) return [`! does not rotate${onDemand}${running}`]
  return [
    `rotates every ${periodDays ?? "?"} d${nextAt === undefined ? "" : `, next ${day(nextAt)}`}${onDemand}${running}`,
  ]
}

/** The dataset whose last proof is oldest speaks for the key. */
function proofOf({ proofs, unproven }: KeyStatus): string {
  const [oldest] = proofs
  if (oldest === undefined) return unproven.length === 0 ? "no dataset to prove" : "no drill has proven it"
  const when = `proven ${day(oldest.at)} by ${display(oldest.drill)}${oldest.simulated ? " (simulated)" : ""}`
  return unproven.length === 0 ? when : `${when}, never: ${unproven.map((name) => display(name)).join(", ")}`
}

/** `2026-11-24T02:17:04Z` */
const second = (stamp: string): string => `${stamp.slice(0, 19)}Z`

const day = (stamp: string): string => stamp.slice(0, 10)

function strayLines({ strays, straysUnknown }: KeyStatus): string[] {
  return [
    ...strays.map(
      ({ arn, region, state }) =>
        `  ! ${region}  ${display(state)}: carries our tags, no alias leads to it: ${display(arn)}`,
    ),
    ...(straysUnknown === undefined ? [] : [`  ? there may be keys without an alias: ${display(straysUnknown)}`]),
  ]
}

/** What is lost stands under the table of incidents already. */
const told = ({ problems }: KeyStatus) => problems.filter(({ code }) => code !== "unrecoverable")

function problemLines(keys: readonly KeyStatus[]): string[] {
  const lines = keys.flatMap((key) =>
    told(key).map(
      ({ message }) =>
        `✕ ${display(key.name)}${key.side === "recovery" ? " (recovery)" : ""}: ${display(message, 600)}`,
    ),
  )
  return lines.length === 0 ? [] : [lines.join("\n")]
}
