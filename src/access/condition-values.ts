import { BlockList, isIP } from "node:net"

/** Epoch milliseconds of an ISO 8601 date or of epoch seconds; undefined = neither. */
export function readMoment(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text)
    // Four digits are a year; everything longer counts seconds.
    return text.length === 4 ? Date.parse(text) : number * 1000
  }
  if (!/^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/.test(text)) return undefined
  const zoned = /[T ]/.test(text) && !/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text
  const at = Date.parse(zoned)
  return Number.isNaN(at) ? undefined : at
}

/** Tells whether an address lies in a CIDR range or equals an address; undefined = the text is neither. */
export function readIpRange(text: string): ((address: string) => boolean) | undefined {
  const [base = "", length] = text.split("/", 2)
  const version = isIP(base)
  if (version === 0) return undefined
  const family = version === 4 ? "ipv4" : "ipv6"
  const most = version === 4 ? 32 : 128
  const bits = length === undefined ? most : Number(length)
  if (!/^\d+$/.test(length ?? "0") || bits > most) return undefined
  const list = new BlockList()
  list.addSubnet(base, bits, family)
  return (address) => {
    const given = isIP(address)
    return given !== 0 && list.check(address, given === 4 ? "ipv4" : "ipv6")
  }
}
