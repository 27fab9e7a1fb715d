import type { Refuse } from "./xml-cursor.ts"

const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
])

/** Character data as it was meant. Entities beyond U+FFFF too (the SDK's reader loses those); an unknown one is refused. */
export function resolveEntities(raw: string, refuse: Refuse): string {
  if (!raw.includes("&")) return raw
  return raw.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const character = whole.endsWith(";") ? (NAMED.get(name) ?? numbered(name)) : undefined
    return character ?? refuse(`it holds the entity ${JSON.stringify(whole)}`)
  })
}

function numbered(name: string): string | undefined {
  const digits = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(name)
  if (digits === null) return undefined
  const point = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16)
  const isCharacter = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
  return isCharacter ? String.fromCodePoint(point) : undefined
}
