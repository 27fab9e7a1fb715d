import { outcome, type Outcome } from "./cell.ts"
import type { Candidate } from "./key-access.ts"
import type { EscrowFacts, Proof } from "./recoverability.ts"
import type { Scene } from "./recoverability-scene.ts"
import { keyIdOf } from "../../access/arn.ts"

/** `supportable`: the shares would do, but nobody of ours may import. */
type Escrowed = { readonly done: Outcome } | { readonly why: string; readonly supportable: boolean }

const IMPORT = ["kms:GetParametersForImport", "kms:ImportKeyMaterial"] as const

/** Lost material comes back from its custodians: all of it, since one missing material makes the whole key unusable. */
export function escrowed(scene: Scene): Escrowed {
  const no = (why: string): Escrowed => ({ why, supportable: false })
  const { escrow, home } = scene
  if (escrow.length === 0) return no("there is no escrow set of its material")
  if (home === undefined) return no(scene.homeWhy)
  const own = escrow.filter(({ keyArn }) => keyIdOf(keyArn) === keyIdOf(home.facts.arn))
  if (own.length === 0) return no(`escrow set ${named(escrow)} is of another key, ${escrow[0]?.keyArn}`)
  const { materials } = home.facts
  if (materials === undefined || materials.length === 0) return no("which materials the key has was not read")
  const lacking = materials.filter(({ id }) => !own.some(({ materialIds }) => materialIds.includes(id)))
  if (lacking.length > 0)
    return no(
      `escrow set ${named(own)} lacks material ${lacking.map(({ id }) => id).join(", ")}: without one of them the key stays unusable`,
    )
  const sets = own.filter(({ materialIds }) => materials.some(({ id }) => materialIds.includes(id)))
  const holder = scene.holder(...IMPORT)
  const importer = holder.may ? holder : scene.holder("kms:PutKeyPolicy")
  if (!importer.may)
    return { why: `escrow set ${named(sets)} has its material, but ${importer.why}`, supportable: true }
  return { done: imported(sets, importer.who, holder.may, materials.length) }
}

function imported(sets: readonly EscrowFacts[], who: Candidate, may: boolean, materials: number): Outcome {
  const quorums = sets.map(({ set, threshold, custodians }) => `${threshold} of ${custodians} custodians of ${set}`)
  const proof = oldestOf(sets)
  const unproven = proof === undefined ? "no drill has ever put them together" : undefined
  return outcome("minutes", [`${quorums.join(" and ")} give the material back, ${who.title} imports it`, unproven], {
    by: [...sets.map(({ set }) => `escrow set ${set}`), who.arn],
    needs: [
      ...quorums,
      ...(may ? [] : ["kms:PutKeyPolicy (the rendered policy, or any that keeps its author)"]),
      `kms:ImportKeyMaterial of ${materials === 1 ? "the material" : `all ${materials} materials`} in every Region of the key`,
    ],
    ...(proof === undefined ? {} : { proof }),
  })
}

const named = (sets: readonly EscrowFacts[]): string => sets.map(({ set }) => set).join(", ")

/** Undefined while one of the sets was never proven. */
function oldestOf(sets: readonly EscrowFacts[]): Proof | undefined {
  const proofs = sets.flatMap(({ proof }) => (proof === undefined ? [] : [proof]))
  if (proofs.length < sets.length) return undefined
  return proofs.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0]
}
