import { textWidth } from "./width.ts"

/**
 * Lines of at most `width` columns, broken at blanks; a word that is wider (an ARN) stays whole. No line for no text.
 * `first` and `more` stand before the first line and the others. For text without colour codes.
 */
export function wrapped(text: string, width: number, first = "", more = first): string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(" ").filter((each) => each !== "")) {
    const lead = lines.length === 0 ? first : more
    if (line !== "" && textWidth(lead) + textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(lead + line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return line === "" ? lines : [...lines, (lines.length === 0 ? first : more) + line]
}
