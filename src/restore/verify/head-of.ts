import type { DataPlane, ObjectHead, Outcome, VersionRef } from "../data-plane.ts"

/**
 * HEAD, with the one answer made plain that has two meanings: a 400 without a reason comes from a session that has ended and
 * from an object under a customer's key. The first time the session is renewed; the same again, and the object is meant.
 */
export async function headOf(plane: DataPlane, ref: VersionRef): Promise<Outcome<ObjectHead>> {
  const first = await plane.head(ref)
  if (!isNameless400(first)) return first
  const second = await plane.head(ref)
  return isNameless400(second) ? { kind: "error", error: { ...second.error, class: "refused" } } : second
}

type Failed = Extract<Outcome<ObjectHead>, { kind: "error" }>

const isNameless400 = (outcome: Outcome<ObjectHead>): outcome is Failed =>
  outcome.kind === "error" &&
  outcome.error.class === "expired-token" &&
  outcome.error.facts.status === 400 &&
  outcome.error.facts.awsCode === undefined
