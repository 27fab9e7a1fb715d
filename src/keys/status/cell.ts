import { display } from "../../kernel/display.ts"
import { happening } from "./happening.ts"
import type { Copies } from "./copies.ts"
import type { Holder } from "./key-access.ts"
import type { Scene } from "./recoverability-scene.ts"
import type { Incident, RecoverabilityCell, RecoveryClass } from "./recoverability.ts"
import type { Carrier } from "./readers.ts"

/** A cell without its incident and what is so now: what the rules of a key hand over. */
export type Outcome = Omit<RecoverabilityCell, "incident" | "current">

export const outcome = (
  kind: RecoveryClass,
  reason: string | ReadonlyArray<string | undefined>,
  more: Partial<Omit<Outcome, "class" | "reason">> = {},
): Outcome => ({
  class: kind,
  reason: typeof reason === "string" ? reason : reason.filter((part) => part !== undefined).join("; "),
  by: [],
  needs: [],
  ...more,
})

/** With what is so already. */
export function cellOf(scene: Scene, incident: Incident, made: Outcome): RecoverabilityCell {
  const current = happening(scene, incident)
  return { incident, ...made, ...(current === undefined ? {} : { current }) }
}

/** Somebody of ours makes these calls at home, in this order, and the key works again. */
export function byCalls(
  scene: Scene,
  holder: Holder & { readonly may: true },
  calls: readonly string[],
  why: string,
): Outcome {
  const at = `${scene.home?.facts.arn ?? ""} in ${scene.region}`
  return outcome("minutes", [`${holder.who.title} ${why}`, unread(scene)], {
    by: [holder.who.arn],
    needs: [
      `a session of ${holder.who.arn}`,
      ...calls.map((call) => `${call} on ${at}`),
      `a real decrypt before the incident counts as over`,
    ],
  })
}

/** The key is not waited for: everything reads from the copies. */
export function fromCopies(
  copies: Copies & { readonly carries: true },
  ...why: ReadonlyArray<string | undefined>
): Outcome {
  const { role, buckets, place, proof, unproven } = copies
  return outcome(
    "from-copy",
    [
      ...why,
      `objects come from the copies in ${place.region} under the recovery key`,
      unproven.length === 0
        ? undefined
        : `no drill has read the copy of ${unproven.map((name) => display(name)).join(", ")}`,
    ],
    {
      by: [role, place.facts.arn, ...buckets],
      needs: [`a session of ${role}`, `copies no older than the RPO allows, below ${buckets.join(", ")}`],
      ...(proof === undefined ? {} : { proof }),
    },
  )
}

/** The copies are gone or cannot be read, the sources stand: they are made again. */
export function fromSources(
  sources: Carrier & { readonly carries: true },
  ...why: ReadonlyArray<string | undefined>
): Outcome {
  return outcome("from-copy", [...why, "the sources stand, so the copies can be made again under a new recovery key"], {
    by: [sources.place.facts.arn, ...(sources.who === "" ? [] : [sources.who])],
    needs: ["a new recovery key, and every object copied again", "until then there is one copy of the data less"],
  })
}

/** Another Region's key reads on. */
export function byReplica(
  replica: Carrier & { readonly carries: true },
  ...why: ReadonlyArray<string | undefined>
): Outcome {
  const { place, who } = replica
  return outcome("instant", [...why, `the replica in ${place.region} decrypts what this key encrypted`], {
    by: [place.facts.arn, who],
    needs: [
      `the ciphertexts at hand: an object in a bucket of a lost Region is out of reach, whatever key there is`,
      `callers that name ${place.facts.arn}, as ${who}`,
    ],
  })
}

/** In the reason of a key with objects: what its replica is good for, and what not. */
export function replicaToo(scene: Scene): string | undefined {
  if (scene.datasets.length === 0) return undefined
  const replica = scene.replica()
  const region = replica.carries ? replica.place.region : replica.idle
  if (region === undefined) return undefined
  const only = `the replica in ${region} opens no object of a bucket in ${scene.region}, only ciphertexts that one holds oneself`
  return replica.carries ? only : `${only}, and nobody may surely do that directly`
}

export const because = (found: { readonly carries: boolean } & { readonly why?: string }): string | undefined =>
  found.why

/** The replica matters only to a key without datasets. */
export const whyNoReplica = (scene: Scene): string | undefined =>
  scene.datasets.length > 0 ? undefined : because(scene.replica())

const unread = ({ home }: Scene): string | undefined =>
  home?.facts.grants === undefined ? "its grants were not read" : undefined
