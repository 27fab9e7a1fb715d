/**
 * S3 orders keys by their UTF-8 bytes; JavaScript's `<` compares UTF-16 units and puts U+FF5E after U+1F600. Every
 * comparison of S3 keys goes through here.
 */
export function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}
