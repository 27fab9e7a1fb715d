import type { SandboxResponse, ServiceError } from "../core/exchange.ts"

/** A member of an answer: text, a list of `<item>` elements, or a structure. */
export type Xml = string | boolean | readonly Xml[] | { readonly [name: string]: Xml }

const NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

const answer = (status: number, requestId: string, body: string): SandboxResponse => ({
  status,
  headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestId },
  body: `${DECLARATION}${body}`,
})

/** EC2 has its own form of the query protocol: no result element, names in lower case, lists of items. */
export const ec2Answer = (operation: string, result: { readonly [name: string]: Xml }, requestId: string) =>
  answer(
    200,
    requestId,
    `<${operation}Response xmlns="${NAMESPACE}">${content({ requestId, ...result })}</${operation}Response>`,
  )

export const ec2Error = (error: ServiceError, requestId: string): SandboxResponse =>
  answer(
    error.status,
    requestId,
    `<Response><Errors>${element("Error", { Code: error.code, Message: error.message })}</Errors><RequestID>${requestId}</RequestID></Response>`,
  )

const element = (name: string, value: Xml): string => `<${name}>${content(value)}</${name}>`

function content(value: Xml): string {
  if (Array.isArray(value)) return value.map((each) => element("item", each)).join("")
  if (typeof value === "object")
    return Object.entries(value)
      .map(([name, each]) => element(name, each))
      .join("")
  return String(value).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
