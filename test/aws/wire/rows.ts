import fc from "fast-check"
import { compareKeys } from "../../../src/kernel/byte-order.ts"
import type { Row } from "./pages.ts"

/** Keys as hostile as S3 allows them: any character, blanks, escapes that are none, markup. */
const ODD = [" ", "+", "%20", "a//b", "/a/", "..", "a b+c", "<Key>x</Key>", "&amp;", "\n", "\r\t", "é", "e\u0301", "😀"]

const anyKey = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom(...ODD),
)

const anyRow: fc.Arbitrary<Row> = fc
  .tuple(anyKey, fc.maxSafeNat(), fc.nat(2_000_000_000), fc.constantFrom("STANDARD", "GLACIER"))
  .map(([key, number, seconds, storageClass]) => ({
    key,
    sizeBytes: number % 50_000_000_000_000,
    modifiedAt: seconds * 1000,
    etag: `"${number.toString(16).padStart(32, "f")}${number % 3 === 0 ? "-17" : ""}"`,
    storageClass,
  }))

export const someRows: fc.Arbitrary<readonly Row[]> = fc
  .uniqueArray(anyRow, { maxLength: 8, selector: ({ key }) => key })
  .map((rows) => rows.toSorted((a, b) => compareKeys(a.key, b.key)))

/** Up to three versions under each key, some of them markers; the first of each is current. */
export const someVersions: fc.Arbitrary<readonly Row[]> = someRows.map((rows) =>
  rows.flatMap((row) => Array.from({ length: 1 + (row.sizeBytes % 3) }, (_, age) => versionOf(row, age))),
)

function versionOf(row: Row, age: number): Row {
  const version = { ...row, versionId: `3HL4kqtJlcp/${age}`, ...(age === 0 && { current: true as const }) }
  const isMarker = (row.modifiedAt / 1000 + age) % 2 === 0
  return isMarker ? { ...version, sizeBytes: 0, etag: "", storageClass: "", deleteMarker: true } : version
}
