/** `1,234,567`: the same in every locale. */
export const countWords = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",")

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const

/** `812 B`, `28.4 KiB`, `1,023.9 PiB`. */
export function byteWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  let value = bytes / 1024
  let unit = 0
  for (; value >= 1023.95 && unit < UNITS.length - 1; unit++) value /= 1024
  const [whole = "0", tenth = "0"] = value.toFixed(1).split(".")
  return `${countWords(Number(whole))}.${tenth} ${UNITS[unit]}`
}
