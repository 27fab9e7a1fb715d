import { because, cellOf, fromSources, outcome, type Outcome } from "./cell.ts"
import { escrowed } from "./escrow-rule.ts"
import { authorToday, bySupport, cancelled, enabled, isOverdue, noWay, type Tried, type Why } from "./keeper-rules.ts"
import type { Scene } from "./recoverability-scene.ts"
import type { RecoverabilityCell } from "./recoverability.ts"

/** Copies are made again from their sources; where those do not stand, the last resort. */
type Again = (last: (...why: Why) => Outcome, ...why: Why) => Outcome

/** A recovery key: what it protects are copies, and their sources stand while the workload key is usable. */
export function recoveryCells(scene: Scene): RecoverabilityCell[] {
  const again: Again = (last, ...why) => {
    const sources = scene.sources()
    return sources.carries ? fromSources(sources, ...why) : last(...why, because(sources))
  }
  const support = (...why: Why): Outcome => bySupport(scene, ...why)
  const kept = (tried: Tried): Outcome => ("done" in tried ? tried.done : again(support, tried.why))
  const gone = (): Outcome => again(noWay, "a deleted key cannot be made again, and what is under it is lost with it")
  const { primaryRegion, recoveryRegion } = scene.facts.environment
  return [
    cellOf(scene, "disabled", kept(enabled(scene))),
    cellOf(scene, "pending-deletion", isOverdue(scene) ? gone() : kept(cancelled(scene))),
    cellOf(scene, "deleted", gone()),
    cellOf(scene, "material-lost", materialLost(scene, again)),
    cellOf(scene, "policy-lock-out", again(support, `nobody may set its policy any more (${authorToday(scene)})`)),
    cellOf(
      scene,
      "region-lost",
      primaryRegion === recoveryRegion
        ? noWay(`sources and copies are both in ${scene.region}`, `they wait until ${scene.region} is back`)
        : again(noWay, `the copies in ${scene.region} are out of reach`),
    ),
    cellOf(scene, "account-hostile", again(noWay, "every copy is in the hostile account")),
  ]
}

function materialLost(scene: Scene, again: Again): Outcome {
  const origins = scene.key.places.flatMap((place) => (place.kind === "found" ? [place.facts.origin] : []))
  if (origins.length > 0 && !origins.includes("EXTERNAL"))
    return outcome("cannot-happen", "KMS made its material: it neither expires nor can be deleted alone")
  const escrow = escrowed(scene)
  return "done" in escrow
    ? escrow.done
    : again(escrow.supportable ? (...why) => bySupport(scene, ...why) : noWay, escrow.why)
}
