import { formatDuration } from "../kernel/duration.ts"
import type { KeyStatus } from "../keys/status/key-status.ts"
import type { PlaceStatus } from "../keys/status/place-status.ts"

export const PLACE_HEAD = ["REGION", "STATE", "ROLE", "POLICY", "GRANTS", "LAST USE", ""] as const

/** The cells of one Region; where it was not read, those of the last reading with its age. */
export function placeCells(key: KeyStatus, place: PlaceStatus, takenAt: string): string[] {
  if (place.found === "absent") return [`  ${place.region}`, "✕ absent", place.role, "", "", "", ""]
  const { last } = place
  if (place.found === "unread") {
    const mark = place.unreachable === true ? "? UNREACHABLE" : "? not read"
    if (last === undefined) return [`  ${place.region}`, mark, place.role, "", "", "", "no snapshot knows it"]
    const [, state = "", ...cells] = cellsOf(key, last.status, last.takenAt)
    const bare = state.replace(/^\S+ /, "")
    const age = `as of ${formatDuration(last.ageMs)} ago`
    return [`  ${place.region}`, `${mark}, was ${bare}`, ...cells.slice(0, -1), joined([age, cells.at(-1) ?? ""])]
  }
  return cellsOf(key, place, takenAt)
}

function cellsOf(key: KeyStatus, place: PlaceStatus, takenAt: string): string[] {
  const { state = "?", grants, policy } = place
  return [
    `  ${place.region}`,
    `${state === "Enabled" ? "✓" : "✕"} ${state}`,
    place.role,
    policyCell(policy),
    grants === undefined ? "?" : String(grants.count),
    useCell(place, takenAt),
    joined(notes(key, place, takenAt)),
  ]
}

const MARK = { current: "✓", drifted: "✕ drifted", "not-read": "? not read", "not-rendered": "?" } as const

function policyCell(policy: PlaceStatus["policy"]): string {
  if (policy === undefined) return "?"
  const digest = policy.digest?.replace("sha256:", "").slice(0, 8) ?? ""
  return `${MARK[policy.state]} ${digest}`.trim()
}

function useCell({ use, gaps }: PlaceStatus, takenAt: string): string {
  if (use?.last !== undefined)
    return `${formatDuration(Math.max(0, Date.parse(takenAt) - Date.parse(use.last.at)))} ago`
  if (use?.trackedSince !== undefined) return `none since ${use.trackedSince.slice(0, 10)}`
  return gaps.some(({ what }) => what === "use") ? "?" : "none known"
}

/** What a person must see, most urgent first. */
function notes(key: KeyStatus, place: PlaceStatus, takenAt: string): string[] {
  const { deletion, materialExpires, grants, aliases, gaps, wanted } = place
  const lost = place.materials?.filter(({ importState }) => importState === "PENDING_IMPORT").length ?? 0
  const others = aliases?.filter((alias) => alias !== key.alias) ?? []
  return [
    ...deletionNote(deletion),
    ...(lost === 0 ? [] : [`! ${lost} ${lost === 1 ? "material is" : "materials are"} missing`]),
    ...(materialExpires === undefined ? [] : [expiryNote(materialExpires)]),
    ...(wanted ? [] : ["! not in dr.yaml"]),
    ...(aliases !== undefined && !aliases.includes(key.alias) ? ["! no alias"] : []),
    ...(others.length === 0 ? [] : [`also ${others.join(", ")}`]),
    ...(grants === undefined || grants.foreign.length === 0
      ? []
      : [
          `foreign grants: ${grants.foreign.map(({ name, id, grantee }) => `${name ?? id.slice(0, 8)} to ${short(grantee)}`).join(", ")}`,
        ]),
    ...(gaps.length === 0 ? [] : [`? not read: ${gaps.map(({ what }) => what).join(", ")}`]),
    ...(place.last === undefined
      ? []
      : [`last read wholly ${formatDuration(ageAt(place.last.takenAt, takenAt))} before`]),
  ]
}

const ageAt = (older: string, now: string): number => Math.max(0, Date.parse(now) - Date.parse(older))

function deletionNote(deletion: PlaceStatus["deletion"]): string[] {
  if (deletion === undefined) return []
  const { at, inMs = 0, windowDays } = deletion
  if (at === undefined) return [`! deletes ${windowDays ?? "?"} d after its last replica`]
  return [inMs > 0 ? `! deletes in ${formatDuration(inMs)} (${minute(at)})` : `! deletion was due ${minute(at)}`]
}

const expiryNote = ({ at, inMs }: NonNullable<PlaceStatus["materialExpires"]>): string =>
  inMs > 0 ? `material expires in ${formatDuration(inMs)} (${minute(at)})` : `! material expired ${minute(at)}`

/** `2026-12-01 16:55Z` */
const minute = (stamp: string): string => `${stamp.slice(0, 16).replace("T", " ")}Z`

const short = (principal: string): string => principal.slice(principal.lastIndexOf(":") + 1)

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join("; ")
