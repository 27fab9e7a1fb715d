import { createHash } from "node:crypto"
import { invalidArgument } from "./errors.ts"
import type { S3Call } from "./s3-call.ts"

/** How many entries this page may have: what was asked for, AWS's limit, and the sandbox's small-page mode. */
export function pageLimit(s3: S3Call, asked: string | undefined, name: string, most = 1000): number {
  if (asked !== undefined && asked !== "" && !/^\d{1,10}$/.test(asked)) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, asked)
  }
  const wanted = asked === undefined || asked === "" ? most : Number(asked)
  return Math.min(wanted, most, s3.call.world.settings.pageSize ?? most)
}

/** Keys in answers: plain, or as a form encodes them (blank as `+`) when the client asked for it. */
export function keyWriter(s3: S3Call): (key: string) => string {
  const encoding = s3.query.get("encoding-type")
  if (encoding === undefined) return (key) => key
  if (encoding !== "url")
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding)
  return (key) =>
    encodeURIComponent(key)
      .replaceAll("%20", "+")
      .replaceAll("%2F", "/")
      .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** An opaque token that only goes on with the listing that gave it. */
export function makeToken(s3: S3Call, last: string): string {
  return `${bindingOf(s3)}${Buffer.from(last).toString("base64url")}`
}

/** @throws ServiceError InvalidArgument when the token is of another request */
export function readToken(s3: S3Call, token: string): string {
  if (!token.startsWith(bindingOf(s3)) || !/^[A-Za-z0-9_-]+$/.test(token)) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token")
  }
  return Buffer.from(token.slice(BINDING_LENGTH), "base64url").toString("utf8")
}

const BINDING_LENGTH = 16

function bindingOf(s3: S3Call): string {
  const request = [s3.bucketName, s3.query.get("prefix") ?? "", s3.query.get("delimiter") ?? ""]
  return createHash("sha256").update(JSON.stringify(request)).digest("base64url").slice(0, BINDING_LENGTH)
}
