import { expect, it } from "vitest"
import { checksumOf } from "../../../src/sandbox/s3/checksums.ts"

/** Published check values of the algorithms for the nine digits. */
it.each([
  ["CRC32", "cbf43926"],
  ["CRC32C", "e3069283"],
  ["CRC64NVME", "ae8b14860a799888"],
  ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
  ["SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
] as const)("%s gives its published check value", (algorithm, hex) => {
  expect(checksumOf(algorithm, Buffer.from("123456789"))).toBe(Buffer.from(hex, "hex").toString("base64"))
})
