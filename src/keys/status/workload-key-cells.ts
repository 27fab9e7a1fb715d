import { tryParseArn } from "../../access/arn.ts"
import { byReplica, cellOf, because, fromCopies, outcome, replicaToo, whyNoReplica, type Outcome } from "./cell.ts"
import { escrowed } from "./escrow-rule.ts"
import { authorToday, bySupport, cancelled, enabled, isOverdue, noWay, type Tried } from "./keeper-rules.ts"
import type { Scene } from "./recoverability-scene.ts"
import type { RecoverabilityCell } from "./recoverability.ts"

/** A workload key: its data are its datasets' objects, or, without any, ciphertexts that its users keep. */
export function workloadCells(scene: Scene): RecoverabilityCell[] {
  return [
    cellOf(scene, "disabled", disabled(scene)),
    cellOf(scene, "pending-deletion", pendingDeletion(scene)),
    cellOf(scene, "deleted", deleted(scene)),
    cellOf(scene, "material-lost", materialLost(scene)),
    cellOf(scene, "policy-lock-out", lockedOut(scene)),
    cellOf(scene, "region-lost", regionLost(scene)),
    cellOf(scene, "account-hostile", accountHostile(scene)),
  ]
}

/** Another Region's key, where nothing but ciphertexts is to be read. */
const readOn = (scene: Scene, why: string): Outcome | undefined => {
  if (scene.datasets.length > 0) return undefined
  const replica = scene.replica()
  return replica.carries ? byReplica(replica, why) : undefined
}

const fromCopy = (scene: Scene, ...why: ReadonlyArray<string | undefined>): Outcome | undefined => {
  const copies = scene.copies()
  return copies.carries ? fromCopies(copies, ...why) : undefined
}

function disabled(scene: Scene): Outcome {
  const replica = readOn(scene, "state belongs to one Region")
  return replica ?? kept(scene, enabled(scene))
}

function pendingDeletion(scene: Scene): Outcome {
  const replica = readOn(scene, "a pending deletion belongs to one Region")
  return replica ?? (isOverdue(scene) ? deleted(scene) : kept(scene, cancelled(scene)))
}

const kept = (scene: Scene, tried: Tried): Outcome =>
  "done" in tried
    ? tried.done
    : (fromCopy(scene, tried.why) ??
      bySupport(scene, tried.why, because(scene.copies()), whyNoReplica(scene), replicaToo(scene)))

function deleted(scene: Scene): Outcome {
  const why = "a deleted key cannot be made again, with the same material neither"
  return fromCopy(scene, why) ?? noWay(why, because(scene.copies()))
}

function materialLost(scene: Scene): Outcome {
  const origins = scene.key.places.flatMap((place) => (place.kind === "found" ? [place.facts.origin] : []))
  if (origins.length > 0 && !origins.includes("EXTERNAL"))
    return outcome("cannot-happen", "KMS made its material: it neither expires nor can be deleted alone")
  const replica = readOn(scene, "imported material belongs to one Region")
  const alone = replicaExpiresToo(scene)
  if (replica !== undefined && alone === undefined) return replica
  const escrow = escrowed(scene)
  if ("done" in escrow) return escrow.done
  return (
    fromCopy(scene, escrow.why) ??
    (escrow.supportable
      ? bySupport(scene, escrow.why, because(scene.copies()))
      : noWay(escrow.why, alone, because(scene.copies()), "AWS keeps no copy of imported material"))
  )
}

/** Material that was imported with one date in every Region is gone in all of them at once. */
function replicaExpiresToo(scene: Scene): string | undefined {
  const replica = scene.replica()
  if (!replica.carries) return whyNoReplica(scene)
  const { materialExpiresAt: at } = replica.place.facts
  return at === undefined ? undefined : `the material in ${replica.place.region} expires too, at ${at}`
}

function lockedOut(scene: Scene): Outcome {
  const replica = readOn(scene, "a policy belongs to one Region")
  if (replica !== undefined) return replica
  const why = `nobody may set its policy any more (${authorToday(scene)})`
  return (
    fromCopy(scene, why, "the key itself waits for AWS Support") ??
    bySupport(scene, why, because(scene.copies()), whyNoReplica(scene), replicaToo(scene))
  )
}

function regionLost(scene: Scene): Outcome {
  const why = `the key and the buckets in ${scene.region} are out of reach`
  const replica = readOn(scene, why)
  if (replica !== undefined) return replica
  const copies = scene.copies()
  const elsewhere = copies.carries && copies.place.region !== scene.region
  const waits = `what has no copy waits until ${scene.region} is back`
  if (elsewhere) return fromCopies(copies, why, replicaToo(scene))
  const same = copies.carries ? `the copies are in ${scene.region} themselves` : because(copies)
  return noWay(why, whyNoReplica(scene), same, replicaToo(scene), waits)
}

function accountHostile(scene: Scene): Outcome {
  const why = "every Region of the key is in the hostile account, replicas too"
  const made = fromCopy(scene, why)
  if (made === undefined) return noWay(why, because(scene.copies()))
  const needs = [...made.needs, "versions of the copies from before the intrusion: what it changed may be copied too"]
  const door = onlyDoor(scene)
  if (door === undefined) return { ...made, needs }
  return { ...made, reason: `${made.reason}; ${door}`, needs: [door, ...needs] }
}

/** Who may become the recovery role, its rendered trust says: the runners, or else whoever the workload account lets. */
function onlyDoor({ facts }: Scene): string | undefined {
  const { runners, workload, recovery } = facts.environment
  if (runners.some((arn) => tryParseArn(arn)?.account !== workload.id)) return undefined
  return `its role trusts the hostile account alone, so an administrator of ${recovery.name} must let another in first (iam:UpdateAssumeRolePolicy), or dr.yaml name a runner elsewhere beforehand`
}
