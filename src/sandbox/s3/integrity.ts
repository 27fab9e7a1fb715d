import { createHash } from "node:crypto"
import { ServiceError } from "../core/exchange.ts"
import {
  CHECKSUM_ALGORITHMS,
  checksumHeader,
  checksumOf,
  isWellFormedChecksum,
  type ChecksumAlgorithm,
} from "./checksums.ts"
import { invalidRequest } from "./errors.ts"
import type { S3Call } from "./s3-call.ts"

export interface GivenChecksum {
  readonly algorithm: ChecksumAlgorithm
  readonly value: string
}

/** The checksum that a request carries in its headers or its trailer, not yet compared with anything. */
export function givenChecksum(s3: S3Call): GivenChecksum | undefined {
  const sent = { ...s3.headers, ...s3.call.request.trailers }
  const found = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = sent[checksumHeader(algorithm)]
    return value === undefined ? [] : [{ algorithm, value }]
  })
  if (found.length > 1) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
  }
  return found[0]
}

export const badDigest = (algorithm: string): ServiceError =>
  new ServiceError("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`, 400)

/** Compares the body with Content-MD5 and the checksum sent; gives the latter back. */
export function verifyBody(s3: S3Call): GivenChecksum | undefined {
  const { body } = s3.call.request
  verifyMd5(s3.headers["content-md5"], body)
  const given = givenChecksum(s3)
  if (given === undefined) return undefined
  if (!isWellFormedChecksum(given.algorithm, given.value)) {
    throw invalidRequest(`Value for ${checksumHeader(given.algorithm)} header is invalid.`)
  }
  if (checksumOf(given.algorithm, body) !== given.value) throw badDigest(given.algorithm)
  return given
}

function verifyMd5(header: string | undefined, body: Buffer): void {
  if (header === undefined) return
  const expected = Buffer.from(header, "base64")
  if (expected.length !== 16 || expected.toString("base64") !== header) {
    throw new ServiceError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400, {
      "Content-MD5": header,
    })
  }
  const actual = createHash("md5").update(body).digest()
  if (actual.equals(expected)) return
  throw new ServiceError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400, {
    ExpectedDigest: header,
    CalculatedDigest: actual.toString("base64"),
  })
}

/** `x-amz-checksum-algorithm` (or the SDK's own header for it). @throws ServiceError InvalidRequest */
export function requestedAlgorithm(s3: S3Call): ChecksumAlgorithm | undefined {
  const name = s3.headers["x-amz-checksum-algorithm"]
  if (name === undefined) return undefined
  const known = CHECKSUM_ALGORITHMS.find((each) => each === name.toUpperCase())
  if (known === undefined) {
    throw invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(", ")}]`,
    )
  }
  return known
}
