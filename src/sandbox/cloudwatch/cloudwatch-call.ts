import { ServiceError, type Call } from "../core/exchange.ts"
import { optionalText, structures, text, type Input } from "../protocol/input.ts"
import { pageOf, type Page } from "../protocol/page.ts"
import type { Dimensions, MetricName } from "./metric.ts"
import type { CloudWatchStore, Place } from "./store.ts"

export interface CloudWatchCall {
  readonly call: Call
  readonly input: Input
  readonly store: CloudWatchStore
  readonly place: Place
}

/** A member of an answer in either protocol; moments are dates. */
export type Output = { readonly [name: string]: unknown }
export type Handler = (each: CloudWatchCall) => Output | undefined

export const invalidValue = (message: string): ServiceError => new ServiceError("InvalidParameterValue", message)
export const missingParameter = (name: string): ServiceError =>
  new ServiceError("MissingParameter", `The parameter ${name} is required.`)
export const notImplemented = (what: string): ServiceError =>
  new ServiceError("NotImplemented", `the sandbox has no ${what}`, 501)

/** Text that must be there and not be empty. */
export function given(input: Input, name: string): string {
  const value = optionalText(input, name)
  if (value === undefined || value === "") throw missingParameter(name)
  return value
}

export function dimensionsIn(input: Input): Dimensions {
  const dimensions = structures(input, "Dimensions").map((each): [string, string] => [
    text(each, "Name"),
    text(each, "Value"),
  ])
  if (dimensions.length > 30) throw invalidValue("A metric has at most 30 dimensions.")
  return dimensions.sort(([a], [b]) => (a < b ? -1 : 1))
}

export const metricIn = (input: Input): MetricName => ({
  namespace: given(input, "Namespace"),
  name: given(input, "MetricName"),
  dimensions: dimensionsIn(input),
})

export const metricOut = ({ namespace, name, dimensions }: MetricName): Output => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: dimensionsOut(dimensions),
})

export const dimensionsOut = (dimensions: Dimensions): Output[] => dimensions.map(([Name, Value]) => ({ Name, Value }))

export function paged<T>(
  { call, input, place }: CloudWatchCall,
  items: readonly T[],
  nameOf: (item: T) => string,
  most: number,
): Page<T> {
  const { NextToken: _token, MaxRecords: _size, ...subject } = input
  return pageOf(items, {
    subject: `${place.account} ${place.region} ${JSON.stringify(subject)}`,
    nameOf,
    token: optionalText(input, "NextToken"),
    size: Math.min(most, call.world.settings.pageSize ?? most),
    invalid: () => new ServiceError("InvalidNextToken", "The next token is not valid for this request."),
  })
}
