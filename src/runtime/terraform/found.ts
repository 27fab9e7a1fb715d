import type { Gap, NamedPolicy } from "../../access/inventory.ts"
import { linker, toldText, valueOf, type Linker, type Told } from "./attributes.ts"
import type { TfDocument, TfResource } from "./document.ts"
import { placesOf, type Places } from "./place.ts"

/** What the readers of a document share. */
export interface Reading {
  readonly document: TfDocument
  readonly places: Places
  readonly link: Linker
  readonly gaps: Gap[]
  /** Managed resources of these types. */
  all(...types: readonly string[]): readonly TfResource[]
  gap(subject: string, what: Gap["what"], why: string): void
  /** A policy that an attribute holds; a gap when it does not tell. `what`: of whom it is a part. */
  policy(resource: TfResource, attribute: string, subject: string, what: Gap["what"]): NamedPolicy | undefined
}

export function readingOf(document: TfDocument, places: Places = placesOf(document)): Reading {
  const gaps: Gap[] = []
  const gap: Reading["gap"] = (subject, what, why) => void gaps.push({ subject, what, why })
  return {
    document,
    places,
    link: linker(document, places),
    gaps,
    all: (...types) => document.resources.filter(({ mode, type }) => mode === "managed" && types.includes(type)),
    gap,
    policy(resource, attribute, subject, what) {
      const text = toldOrGap(toldText(resource, attribute), (why) => gap(subject, what, why))
      return text === undefined || text === "" ? undefined : { name: resource.address, document: text }
    },
  }
}

/** The value; undefined when it is not set, and with a word about it when the document does not tell. */
export function toldOrGap<T>(given: Told<T>, missing: (why: string) => void): T | undefined {
  if (given === undefined) return undefined
  if ("value" in given) return given.value
  missing(given.why)
  return undefined
}

/** Who a resource of its own belongs to. */
interface Ownership {
  readonly type: string
  /** The attribute that names the owner. */
  readonly attribute: string
  readonly owners: readonly string[]
  /** Attributes of the owner by which it can be named. */
  readonly names: readonly string[]
  readonly what: Gap["what"]
}

/** Resources by their owner; one whose owner nobody can tell is a gap of everyone that it may belong to. */
export function byOwner(reading: Reading, ownership: Ownership): Map<TfResource, TfResource[]> {
  const { type, attribute, owners, names, what } = ownership
  const found = new Map<TfResource, TfResource[]>()
  for (const each of reading.all(type)) {
    const [owner, ...others] = reading.link(each, attribute, owners, names)
    const named = valueOf(toldText(each, attribute)) ?? each.address
    if (owner === undefined) reading.gap(named, what, `${each.address}: the document does not hold what it belongs to`)
    else if (others.length === 0) found.set(owner, [...(found.get(owner) ?? []), each])
    else
      for (const one of [owner, ...others])
        reading.gap(
          valueOf(toldText(one, "arn")) ?? one.address,
          what,
          `the document does not tell whether ${each.address} belongs to it`,
        )
  }
  return found
}
