import type { SandboxRequest, SandboxResponse, ServiceError } from "../core/exchange.ts"

/** A member of an answer: text, a list of `<member>` elements, or a structure. Undefined is left out. */
export type Xml = string | number | boolean | undefined | readonly Xml[] | { readonly [name: string]: Xml }

export type Form = ReadonlyMap<string, string>

/** `application/x-www-form-urlencoded`, where `+` is a blank; parameters in the URL count too. */
export function readForm(request: SandboxRequest): Form {
  const form = new Map(request.query)
  for (const [name, value] of new URLSearchParams(request.body.toString("utf8"))) form.set(name, value)
  return form
}

/** `Tags.member.1.Key=…` → [{ Key: … }]. */
export function formList(form: Form, name: string): Array<Record<string, string>> {
  const items: Array<Record<string, string>> = []
  const prefix = `${name}.member.`
  for (const [key, value] of form) {
    if (!key.startsWith(prefix)) continue
    const [index, ...rest] = key.slice(prefix.length).split(".")
    const item = (items[Number(index) - 1] ??= {})
    item[rest.join(".")] = value
  }
  return items.filter((item) => item !== undefined)
}

export function queryAnswer(
  namespace: string,
  operation: string,
  result: Xml | undefined,
  requestId: string,
): SandboxResponse {
  const inner = result === undefined ? "" : element(`${operation}Result`, result)
  return {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<${operation}Response xmlns="${namespace}">${inner}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
  }
}

export function queryError(namespace: string, error: ServiceError, requestId: string): SandboxResponse {
  const type = error.status >= 500 ? "Receiver" : "Sender"
  const inner = element("Error", { Type: type, Code: error.code, Message: error.message })
  return {
    status: error.status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<ErrorResponse xmlns="${namespace}">${inner}<RequestId>${requestId}</RequestId></ErrorResponse>`,
  }
}

function element(name: string, value: Xml): string {
  if (value === undefined) return ""
  return `<${name}>${content(value)}</${name}>`
}

function content(value: Exclude<Xml, undefined>): string {
  if (Array.isArray(value)) return value.map((each) => element("member", each)).join("")
  if (typeof value === "object")
    return Object.entries(value)
      .map(([name, each]) => element(name, each))
      .join("")
  return String(value).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
