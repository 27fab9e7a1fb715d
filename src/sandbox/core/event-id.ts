import { createHash } from "node:crypto"

/** A UUID made of the request's id: LookupEvents and GetKeyLastUsage name the same event, whenever they are asked. */
export function eventIdOf(requestId: string): string {
  const hex = createHash("sha256").update(`event/${requestId}`).digest("hex")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5")
}
