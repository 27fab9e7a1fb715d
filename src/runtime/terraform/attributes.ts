import type { Configuration } from "./configuration.ts"
import type { Marks, TfDocument, TfResource } from "./document.ts"
import type { Places } from "./place.ts"

/** What a document says about an attribute: its value, why it does not say it, or (undefined) that it is not set. */
export type Told<T> = { readonly value: T } | { readonly why: string } | undefined

/** A value that Terraform holds for sensitive is not read at all: whatever is read may be shown. */
export function told(resource: TfResource, attribute: string): Told<unknown> {
  if (isMarked(resource.sensitive, attribute))
    return { why: `${resource.address}.${attribute} is sensitive in Terraform` }
  if (isMarked(resource.unknown, attribute))
    return { why: `${resource.address}.${attribute} is known only after apply` }
  const value = resource.values[attribute]
  return value === undefined || value === null ? undefined : { value }
}

export function toldText(resource: TfResource, attribute: string): Told<string> {
  const given = told(resource, attribute)
  if (given === undefined || "why" in given) return given
  return typeof given.value === "string"
    ? { value: given.value }
    : { why: `${resource.address}.${attribute} is no text` }
}

export function valueOf(given: Told<string>): string | undefined {
  return given !== undefined && "value" in given ? given.value : undefined
}

export const isMarked = (marks: Marks, attribute: string): boolean => marks === true || marked(marks[attribute])

/** `true`, or `true` anywhere inside. */
function marked(value: unknown): boolean {
  if (value === true) return true
  return typeof value === "object" && value !== null && Object.values(value).some(marked)
}

/** Text by text: of tags, contexts. Undefined when there are none. */
export function texts(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string")
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** The resources that an attribute may name: one = that is it; several = the document does not tell which. */
export type Linker = (
  resource: TfResource,
  attribute: string,
  types: readonly string[],
  names: readonly string[],
) => readonly TfResource[]

/**
 * By the value; where that is unknown, or fits several (the replicas of a key share its id), by what the expression refers
 * to; then by the Region.
 */
export function linker({ resources, configuration }: TfDocument, places: Places): Linker {
  return (resource, attribute, types, names) => {
    const candidates = resources.filter((each) => each.mode === "managed" && types.includes(each.type))
    const value = valueOf(toldText(resource, attribute))
    const fitting = candidates.filter(
      (each) => value === undefined || names.some((name) => valueOf(toldText(each, name)) === value),
    )
    if (value !== undefined && fitting.length < 2) return fitting
    const meant = configuration === undefined ? undefined : referred(configuration, resource, attribute, fitting)
    if (meant !== undefined) return [meant]
    if (value === undefined) return []
    const near = fitting.filter((each) => places.region(each) === places.region(resource))
    return near.length === 1 ? near : fitting
  }
}

/** Of several instances the one with the index that is written, else with the resource's own; never a guess. */
function referred(
  configuration: Configuration,
  resource: TfResource,
  attribute: string,
  candidates: readonly TfResource[],
): TfResource | undefined {
  for (const target of configuration.targets(resource, attribute)) {
    const instances = candidates.filter(
      ({ module, type, name }) => module === target.module && type === target.type && name === target.name,
    )
    if (instances.length === 1) return instances[0]
    const index = target.index ?? resource.index
    const fitting = instances.filter((each) => each.index === index)
    if (fitting.length === 1) return fitting[0]
    const beside = fitting.filter((each) => moduleOf(each) === moduleOf(resource))
    if (beside.length === 1) return beside[0]
  }
  return undefined
}

/** With its indexes. */
const moduleOf = ({ address, type, name, mode }: TfResource): string =>
  address.slice(0, address.lastIndexOf(`${mode === "data" ? "data." : ""}${type}.${name}`))
