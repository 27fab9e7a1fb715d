import type { RegionName } from "../../kernel/brands.ts"
import type { EstateKey } from "./key-inventory.ts"
import type { PlaceStatus } from "./place-status.ts"
import type { RecoverabilityCell } from "./recoverability.ts"

export interface KeyProblem {
  readonly code: "absent" | "unread" | "not-enabled" | "alias-missing" | "drifted" | "drift-unknown" | "unrecoverable"
  readonly region?: RegionName
  readonly message: string
}

/** Why `--check` says no. Of places that dr.yaml does not name only what it would not expect anywhere is told. */
export function keyProblems(
  { alias }: Pick<EstateKey, "alias">,
  places: readonly PlaceStatus[],
  cells: readonly RecoverabilityCell[],
): KeyProblem[] {
  return [
    ...places.flatMap((place) => (place.wanted ? placeProblems(alias, place) : [])),
    ...cells.flatMap((cell): KeyProblem[] =>
      cell.class === "unrecoverable"
        ? [{ code: "unrecoverable", message: `unrecoverable when ${cell.incident}: ${cell.reason}` }]
        : [],
    ),
  ]
}

function placeProblems(alias: string, place: PlaceStatus): KeyProblem[] {
  const { region, found, state, policy, aliases } = place
  if (found === "absent") return [{ code: "absent", region, message: `there is no key in ${region}` }]
  if (found === "unread") return [{ code: "unread", region, message: `${region} was not read: ${place.why ?? ""}` }]
  const problems: KeyProblem[] = []
  if (state !== "Enabled") problems.push({ code: "not-enabled", region, message: `${state ?? "unknown"} in ${region}` })
  if (aliases?.includes(alias) === false)
    problems.push({ code: "alias-missing", region, message: `${alias} does not lead to the key in ${region}` })
  if (policy?.state === "drifted")
    problems.push({
      code: "drifted",
      region,
      message: `the key policy in ${region} differs from dr.yaml${differing(place)}`,
    })
  if (policy?.state === "not-read" || policy?.state === "not-rendered")
    problems.push({
      code: "drift-unknown",
      region,
      message: `whether the key policy in ${region} is dr.yaml's cannot be told: ${policy.why ?? ""}`,
    })
  return problems
}

function differing({ policy }: PlaceStatus): string {
  const { absent = [], foreign = [] } = policy ?? {}
  const parts = [
    ...(absent.length === 0 ? [] : [`missing ${absent.join(", ")}`]),
    ...(foreign.length === 0 ? [] : [`foreign ${foreign.join(", ")}`]),
  ]
  return parts.length === 0 ? "" : `: ${parts.join("; ")}`
}
