/** As S3 takes keys in manifests: every byte outside `A-Za-z0-9-_.~/` as %XX. */
export const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** As S3 writes keys in reports and inventories: a plus is a blank. Undefined for what is no such text. */
export function decodeKey(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", "%20"))
  } catch {
    return undefined
  }
}
