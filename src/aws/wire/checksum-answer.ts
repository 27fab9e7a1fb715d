import type { Checksum } from "../../restore/data-plane.ts"
import type { WireAnswer } from "./transport.ts"
import type { XmlFields } from "./xml-answer.ts"

/** Strongest first: an object has one, rarely two. Source: the SDK's ChecksumAlgorithm. */
const ALGORITHMS = [
  "SHA512",
  "SHA256",
  "CRC64NVME",
  "XXHASH128",
  "XXHASH3",
  "XXHASH64",
  "SHA1",
  "MD5",
  "CRC32C",
  "CRC32",
] as const

export function checksumOfFields(fields: XmlFields): Checksum | undefined {
  return checksumOf((algorithm) => fields.first(`Checksum${algorithm}`), fields.first("ChecksumType"))
}

export function checksumOfHeaders(answer: WireAnswer): Checksum | undefined {
  return checksumOf((algorithm) => answer.header(HEADERS[algorithm] as string), answer.header("x-amz-checksum-type"))
}

const HEADERS: Readonly<Record<string, string>> = Object.fromEntries(
  ALGORITHMS.map((algorithm) => [algorithm, `x-amz-checksum-${algorithm.toLowerCase()}`]),
)

/** Where no type is told, `-N` behind the value gives it away. */
function checksumOf(
  valueOf: (algorithm: string) => string | undefined,
  type: string | undefined,
): Checksum | undefined {
  for (const algorithm of ALGORITHMS) {
    const value = valueOf(algorithm)
    if (value)
      return {
        algorithm,
        value,
        type: (type ?? (/-\d+$/.test(value) ? "COMPOSITE" : "")) === "COMPOSITE" ? "COMPOSITE" : "FULL_OBJECT",
      }
  }
  return undefined
}
