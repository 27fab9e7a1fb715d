import { display } from "../kernel/display.ts"

/** Text that is markup already. Everything else is escaped when it is put into a template. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Child = Markup | string | number | undefined | false | readonly Child[]

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

/** Escape by default: names of buckets, keys and tags come from strangers. */
export function html(literals: TemplateStringsArray, ...children: Child[]): Markup {
  return new Markup(
    literals.map(unindent).reduce((text, literal, index) => text + render(children[index - 1]) + literal),
  )
}

/** The formatter breaks and indents the templates for readers of the source; the page needs none of it. */
function unindent(literal: string): string {
  return literal.replace(/>\s*\n\s*</g, "><").replace(/\s*\n\s*/g, " ")
}

function render(child: Child): string {
  if (child === undefined || child === false) return ""
  if (child instanceof Markup) return child.text
  if (typeof child === "object") return child.map(render).join("")
  return display(String(child), 2000).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
}
