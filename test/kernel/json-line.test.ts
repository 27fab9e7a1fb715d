import { expect, it } from "vitest"
import { jsonLine } from "../../src/kernel/display.ts"

it("writes JSON that moves no terminal and means the same", () => {
  const value = { "a\u202eb": ["\u001b[2J", "\u009b2J", "\u{e0041}", "\ud800", 'grün 🚒 \\ " \n'] }
  const line = jsonLine(value)
  expect(JSON.parse(line)).toEqual(value)
  expect(line).toBe('{"a\\u202eb":["\\u001b[2J","\\u009b2J","\\udb40\\udc41","\\ud800","grün 🚒 \\\\ \\" \\n"]}')
})
