import { DAY } from "../kernel/units.ts"
import { recipientProblem } from "./age-recipient.ts"
import { entriesOf, has, type DraftEnvironment } from "./draft.ts"

type DraftKey = NonNullable<NonNullable<DraftEnvironment["keys"]>[string]>
type Add = (field: ReadonlyArray<string | number>, message: string) => void

/** KMS takes no later date. Source: SDK kms ImportKeyMaterial ValidTo. */
const LONGEST = 365 * DAY
/** With two, the loss of one person would be the loss of the key. */
const FEWEST = 3

/** Imported material and its escrow belong together: one without the other is a key that nobody can bring back. */
export function escrowProblems(key: DraftKey, add: Add): void {
  const external = key.origin === "EXTERNAL"
  // What was written but is invalid is told for its shape, and counts as written.
  const originRead = !(has(key, "origin") && key.origin === undefined)
  if (external && !has(key, "escrow"))
    add(["origin"], "imported material needs escrow: {threshold, custodians}; who would bring it back?")
  if (originRead && !external && key.escrow !== undefined)
    add(["escrow"], "only imported material can be split among custodians: set origin: EXTERNAL")
  if (external && key.rotation !== undefined)
    add(["rotation"], "KMS never rotates imported material by itself: take rotation away")
  if (key.escrow !== undefined) splitProblems(key.escrow, add)
}

function splitProblems({ threshold, custodians, expires }: NonNullable<DraftKey["escrow"]>, add: Add): void {
  const names = Object.keys(custodians ?? {})
  if (custodians !== undefined && names.length < FEWEST)
    add(["escrow", "custodians"], `${names.length} custodians: at least ${FEWEST} are needed, or one loss is too many`)
  if (custodians !== undefined && names.length > 255)
    add(["escrow", "custodians"], `${names.length} custodians: a secret is split among at most 255`)
  if (custodians !== undefined && threshold !== undefined && threshold > names.length)
    add(["escrow", "threshold"], `${threshold} of ${names.length} custodians could never come together`)
  const seen = new Map<string, string>()
  for (const [name, recipient] of entriesOf(custodians)) {
    const field = ["escrow", "custodians", name]
    const other = seen.get(recipient)
    const problem = recipientProblem(recipient)
    if (problem !== undefined) add(field, problem)
    else if (other !== undefined)
      add(field, `the recipient of ${JSON.stringify(other)}: one person would hold two shares`)
    seen.set(recipient, name)
  }
  if (expires !== undefined && expires > LONGEST)
    add(["escrow", "expires"], "KMS keeps imported material 365 d at most")
}
