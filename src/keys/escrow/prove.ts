import type { AccountId } from "../../kernel/brands.ts"
import { attempt } from "../status/attempt.ts"
import { opensCanary, type Canary } from "./canary.ts"
import { eventually, PATIENCE, type EscrowDeps } from "./deps.ts"
import { readPlace, type FoundPlace } from "./places.ts"

/** What a Region can show after an import. */
export interface PlaceProof {
  readonly state: string
  /** `decrypted`: an old ciphertext opened to the same bytes. `no-canary`: there is none that could. */
  readonly proof: "decrypted" | "no-canary" | "failed"
  readonly why?: string
}

/** States that end by themselves; all others wait for a person. */
const PASSING: ReadonlySet<string> = new Set(["PendingImport", "Creating", "Updating", "absent", "unread", "unknown"])

/** Waits for `Enabled`, then opens an old ciphertext. Never throws what AWS says: it is the result. */
export async function provePlace(
  deps: EscrowDeps,
  account: AccountId,
  { arn, region }: Pick<FoundPlace, "arn" | "region">,
  canary: Canary | undefined,
): Promise<PlaceProof> {
  const reader = await deps.actors.reader(account)
  let state = "unknown"
  await eventually(deps, PATIENCE.change, async () => {
    const place = await readPlace(reader, arn, region, deps.signal)
    state = place.kind === "found" ? place.state : place.kind
    return !PASSING.has(state)
  })
  if (state !== "Enabled") return { state, proof: "failed", why: `the key is ${state}` }
  if (canary === undefined) return { state, proof: "no-canary" }
  const opened = await attempt(deps.signal, () =>
    eventually(deps, PATIENCE.change, async () => opensCanary(await deps.actors.drill(account, region), arn, canary)),
  )
  if (!opened.ok) return { state, proof: "failed", why: opened.error.message }
  return opened.value
    ? { state, proof: "decrypted" }
    : { state, proof: "failed", why: "the old ciphertext opens to other bytes than were recorded" }
}
