/** Where a text stops to be JSON, which not every runtime's own message says. */

const TOKEN =
  // oxlint-disable-next-line no-control-regex -- JSON strings hold none of them
  /(?<string>"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<plain>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|(?<mark>[{}[\],:])/y

type Expected = "value" | "value or end" | "name" | "name or end" | "colon" | "comma or end" | "nothing"

/** Offset of the first character that does not belong; the length of the text when it ends too early. */
export function jsonErrorAt(text: string): number {
  const open: string[] = []
  let expected: Expected = "value"
  let at = 0
  const skip = (): void => {
    while (" \t\r\n".includes(text.charAt(at)) && at < text.length) at++
  }
  const ended = (): Expected => (open.length === 0 ? "nothing" : "comma or end")
  for (skip(); at < text.length; skip()) {
    TOKEN.lastIndex = at
    const groups = TOKEN.exec(text)?.groups
    if (groups === undefined || expected === "nothing") return at
    const { string, plain, mark } = groups
    const wantsValue: boolean = expected === "value" || expected === "value or end"
    if (string !== undefined && (expected === "name" || expected === "name or end")) expected = "colon"
    else if ((string ?? plain) !== undefined && wantsValue) expected = ended()
    else if ((mark === "{" || mark === "[") && wantsValue) {
      open.push(mark)
      expected = mark === "{" ? "name or end" : "value or end"
    } else if (mark === ":" && expected === "colon") expected = "value"
    else if (mark === "," && expected === "comma or end") expected = open.at(-1) === "{" ? "name" : "value"
    else if (mark === closing(open.at(-1)) && expected.endsWith("or end")) {
      open.pop()
      expected = ended()
    } else return at
    at = TOKEN.lastIndex
  }
  return text.length
}

const closing = (mark: string | undefined): string => (mark === "{" ? "}" : mark === "[" ? "]" : "")
