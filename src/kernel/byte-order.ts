/**
 * S3 orders keys by their UTF-8 bytes; JavaScript's `<` compares UTF-16 units and puts U+FF5E after U+1F600. Every
 * comparison of S3 keys goes through here. Without a buffer: the first unit that differs decides, once surrogates (code
 * points beyond U+FFFF) are ranked above all other units, which is the order of the bytes for every key that is text.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** U+E000 to U+FFFF move below the surrogates. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}
