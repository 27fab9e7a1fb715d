import { ask } from "../core/ask.ts"
import { ServiceError, type Call } from "../core/exchange.ts"
import { optionalNumber, optionalText, type Input } from "../protocol/input.ts"
import { pageOf, type Page } from "../protocol/page.ts"
import type { RecordedEstate } from "./estate.ts"
import type { ConfigPlace } from "./store.ts"

export interface ConfigCall {
  readonly call: Call
  readonly operation: string
  readonly input: Input
  readonly place: ConfigPlace
  readonly estate: RecordedEstate
}

export type Handler = (each: ConfigCall) => object | undefined

export const refused = (code: string, message: string): ServiceError => new ServiceError(`${code}Exception`, message)

/** The caller may do this operation with the resource. */
export const allowed = ({ call, operation }: ConfigCall, resource?: string): void =>
  ask(call, `config:${operation}`, resource)

export function paged<T>(
  { call, operation, input, place }: ConfigCall,
  items: readonly T[],
  nameOf: (item: T) => string,
  most: number,
): Page<T> {
  const { NextToken: _token, Limit: _limit, ...subject } = input
  const asked = optionalNumber(input, "Limit") ?? 0
  if (asked < 0 || asked > 100) throw refused("InvalidLimit", "The specified limit is outside the allowable range.")
  const size = asked === 0 ? most : Math.min(asked, most)
  return pageOf(items, {
    subject: `${place.account} ${place.region} ${operation} ${JSON.stringify(subject)}`,
    nameOf,
    token: optionalText(input, "NextToken"),
    size: Math.min(size, call.world.settings.pageSize ?? size),
    invalid: () => refused("InvalidNextToken", "The specified next token is not valid."),
  })
}
