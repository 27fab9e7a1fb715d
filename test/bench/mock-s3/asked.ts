/** One request, framed; headers are looked up only when somebody wants them. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: string
  header(name: string): string
  readonly body: string
}

/** The first whole request in `text` (latin1) and where it ends; undefined = more must come. */
export function readAsked(text: string): { readonly asked: Asked; readonly end: number } | undefined {
  const blank = text.indexOf("\r\n\r\n")
  if (blank === -1) return undefined
  const head = text.slice(0, blank)
  const header = (name: string): string => valueOf(head, name)
  const length = text.charCodeAt(0) === 71 || text.charCodeAt(0) === 72 ? 0 : Number(header("content-length") || "0")
  const end = blank + 4 + length
  if (text.length < end) return undefined
  const [method = "", target = ""] = head.slice(0, head.indexOf("\r\n")).split(" ")
  const mark = target.indexOf("?")
  const [path, query] = mark === -1 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)]
  return { asked: { method, path, query, header, body: length === 0 ? "" : text.slice(blank + 4, end) }, end }
}

const PATTERNS = new Map<string, RegExp>()

function valueOf(head: string, name: string): string {
  let pattern = PATTERNS.get(name)
  if (pattern === undefined) PATTERNS.set(name, (pattern = new RegExp(`\\r\\n${name}: *([^\\r]*)`, "i")))
  return pattern.exec(head)?.[1] ?? ""
}
