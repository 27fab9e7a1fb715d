import { canonicalJson } from "../kernel/canonical-json.ts"
import type { ObjectFacts } from "./ports.ts"

/** One side of a verified object. */
export interface ReadObject {
  readonly facts: ObjectFacts
  readonly sha256: string
  readonly tags: Readonly<Record<string, string>>
}

/** Every way in which the copy differs from its origin or from the plan; empty = a faithful copy under the right key. */
export function differences(origin: ReadObject, copy: ReadObject, keyArn: string): string[] {
  const found: string[] = []
  const expect = (what: string, expected: string, observed: string): void => {
    if (expected !== observed) found.push(`${what} is ${observed}, expected ${expected}`)
  }
  expect("size", `${origin.facts.sizeBytes} bytes`, `${copy.facts.sizeBytes} bytes`)
  expect("SHA-256", origin.sha256, copy.sha256)
  expect("headers", canonicalJson(origin.facts.headers), canonicalJson(copy.facts.headers))
  expect("metadata", canonicalJson(origin.facts.metadata), canonicalJson(copy.facts.metadata))
  expect("tags", canonicalJson(origin.tags), canonicalJson(copy.tags))
  expect("encryption", "aws:kms", copy.facts.encryption ?? "none named")
  expect("key", keyArn, copy.facts.keyArn ?? "none named")
  return found
}

/** A canary is named for its bytes: `<prefix><sha256 in hex>…`. Undefined for other objects. */
export function canaryDigest(key: string, canaryPrefix: string | undefined): string | undefined {
  if (canaryPrefix === undefined || !key.startsWith(canaryPrefix)) return undefined
  return /^[0-9a-f]{64}/.exec(key.slice(canaryPrefix.length))?.[0]
}
