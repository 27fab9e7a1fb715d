import type { CallError, DataPlane, ObjectHead, Outcome, VersionRef } from "../data-plane.ts"
import type { VerifyLevel } from "../plan/restore-plan.ts"
import { headOf } from "./head-of.ts"
import { bytesByChecksum, differencesFromSource, differencesFromWanted, type Wanted } from "./compare-heads.ts"

/** A source and what should be its copy. */
export interface Pair {
  readonly from: DataPlane
  readonly source: VersionRef
  /** As it was planned. */
  readonly sourceEtag: string
  readonly to: DataPlane
  readonly copy: VersionRef
  readonly wanted: Wanted
}

/**
 * How the bytes must be proven: `checksums` where both sides have one that can be compared; `checksums-else-bytes` reads both
 * sides where they have not; `bytes` reads both sides always.
 */
export type Demand = "checksums" | "checksums-else-bytes" | "bytes"

/** Proof that an object which nobody saw being written is a copy, at a level of verification. */
export const adoptionDemand = (verify: VerifyLevel): Demand => (verify === "full" ? "bytes" : "checksums-else-bytes")

/** What two sides have told. */
export type ReadBack =
  | { readonly kind: "same"; readonly by: "head" | "bytes"; readonly copy: ObjectHead; readonly source: ObjectHead }
  | { readonly kind: "different"; readonly what: readonly string[]; readonly copy: ObjectHead }
  /** Different, but the source is no longer the one that was planned: nothing is told about the copy. */
  | { readonly kind: "source-changed"; readonly copy: ObjectHead }
  /** Nothing stands at the destination. */
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly side: "source" | "copy"; readonly error: CallError }

/** Compares a copy with its source and with the plan. Two HEADs, and two reads where the demand asks for them. */
export async function readBack(pair: Pair, demand: Demand): Promise<ReadBack> {
  const copy = await headOf(pair.to, pair.copy)
  if (copy.kind === "error")
    return copy.error.class === "not-found"
      ? { kind: "missing" }
      : { kind: "unreadable", side: "copy", error: copy.error }
  return compareWith(pair, copy.value, demand)
}

/** The same for a copy whose HEAD is known. */
export async function compareWith(pair: Pair, copy: ObjectHead, demand: Demand): Promise<ReadBack> {
  const unwanted = differencesFromWanted(copy, pair.wanted)
  if (unwanted.length > 0) return { kind: "different", what: unwanted, copy }
  const source = await headOf(pair.from, pair.source)
  if (source.kind === "error") return { kind: "unreadable", side: "source", error: source.error }
  const what = differencesFromSource(copy, source.value)
  const told = what.length > 0 ? what : await differenceOfBytes(pair, copy, source.value, demand)
  if (!Array.isArray(told)) return told
  if (told.length === 0) return { kind: "same", by: byOf(copy, source.value, demand), copy, source: source.value }
  return source.value.etag === pair.sourceEtag
    ? { kind: "different", what: told, copy }
    : { kind: "source-changed", copy }
}

const readsBytes = (copy: ObjectHead, source: ObjectHead, demand: Demand): boolean =>
  demand === "bytes" ||
  (demand === "checksums-else-bytes" && bytesByChecksum(copy.checksum, source.checksum) === "untold")

const byOf = (copy: ObjectHead, source: ObjectHead, demand: Demand): "head" | "bytes" =>
  readsBytes(copy, source, demand) ? "bytes" : "head"

/** What a read of both sides says against them, or the read that failed. */
async function differenceOfBytes(
  pair: Pair,
  copy: ObjectHead,
  source: ObjectHead,
  demand: Demand,
): Promise<string[] | ReadBack> {
  if (!readsBytes(copy, source, demand)) return []
  const [left, right] = await Promise.all([
    pair.from.hash(versioned(pair.source, source)),
    pair.to.hash(versioned(pair.copy, copy)),
  ])
  if (left.kind === "error") return unreadable("source", left)
  if (right.kind === "error") return unreadable("copy", right)
  return left.value.sha256 === right.value.sha256 ? [] : ["its SHA-256 differs"]
}

const unreadable = (side: "source" | "copy", outcome: Outcome<unknown> & { readonly kind: "error" }): ReadBack => ({
  kind: "unreadable",
  side,
  error: outcome.error,
})

/** The bytes of exactly the version whose HEAD was read, where versions have names. */
const versioned = (ref: VersionRef, head: ObjectHead): VersionRef =>
  ref.versionId === undefined && head.versionId !== undefined ? { ...ref, versionId: head.versionId } : ref
