import { outcome, type Outcome } from "./cell.ts"
import type { Scene } from "./recoverability-scene.ts"
import { keyIdOf } from "../../access/arn.ts"

/** `supportable`: the shares would do, but nobody of ours may import. */
type Escrowed = { readonly done: Outcome } | { readonly why: string; readonly supportable: boolean }

const IMPORT = ["kms:GetParametersForImport", "kms:ImportKeyMaterial"] as const

/** Lost material comes back from its custodians: all of it, since one missing material makes the whole key unusable. */
export function escrowed(scene: Scene): Escrowed {
  const { escrow: set, home } = scene
  if (set === undefined) return { why: "there is no escrow set of its material", supportable: false }
  if (home === undefined) return { why: scene.homeWhy, supportable: false }
  if (keyIdOf(set.keyArn) !== keyIdOf(home.facts.arn))
    return { why: `escrow set ${set.set} is of another key, ${set.keyArn}`, supportable: false }
  const { materials } = home.facts
  if (materials === undefined) return { why: "which materials the key has was not read", supportable: false }
  const lacking = materials.filter(({ id }) => !set.materialIds.includes(id)).map(({ id }) => id)
  if (lacking.length > 0)
    return {
      why: `escrow set ${set.set} lacks material ${lacking.join(", ")}: without one of them the key stays unusable`,
      supportable: false,
    }
  const holder = scene.holder(...IMPORT)
  const importer = holder.may ? holder : scene.holder("kms:PutKeyPolicy")
  if (!importer.may) return { why: `escrow set ${set.set} has its material, but ${importer.why}`, supportable: true }
  const asked = `${set.threshold} of ${set.custodians} custodians`
  const proven = set.proof === undefined ? "no drill has ever put them together" : undefined
  return {
    done: outcome("minutes", [`${asked} give the material back, ${importer.who.title} imports it`, proven], {
      by: [`escrow set ${set.set}`, importer.who.arn],
      needs: [
        asked,
        ...(holder.may ? [] : ["kms:PutKeyPolicy (the rendered policy, or any that keeps its author)"]),
        `kms:ImportKeyMaterial of ${materials.length === 1 ? "the material" : `all ${materials.length} materials`} in every Region of the key`,
      ],
      ...(set.proof === undefined ? {} : { proof: set.proof }),
    }),
  }
}
