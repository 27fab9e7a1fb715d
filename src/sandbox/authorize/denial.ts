import type { Decision } from "../../access/decision.ts"
import { decisiveText } from "../../access/explain.ts"

/** Why a call was refused: the layer and the statements that decided, for the audit log. */
export interface Denial {
  readonly action: string
  readonly verdict: Decision["verdict"]
  readonly layer: Decision["layer"]
  readonly decisive: readonly string[]
}

export const denialOf = (action: string, { verdict, layer, decisive }: Decision): Denial => ({
  action,
  verdict,
  layer,
  decisive: decisive.map(decisiveText),
})
