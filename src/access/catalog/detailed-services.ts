import { BACKUP } from "./data/backup.ts"
import { KMS } from "./data/kms.ts"
import { ORGANIZATIONS } from "./data/organizations.ts"
import { S3 } from "./data/s3.ts"
import { STS } from "./data/sts.ts"
import type { ServiceFacts } from "./facts.ts"
import { OVERLAY } from "./overlay.ts"
import { readTable } from "./read-table.ts"

const TABLES: ReadonlyMap<string, string> = new Map([
  ["backup", BACKUP],
  ["kms", KMS],
  ["organizations", ORGANIZATIONS],
  ["s3", S3],
  ["sts", STS],
])

export const DETAILED_SERVICES: readonly string[] = [...TABLES.keys()]

/** Tables are read when first asked for: most runs need one or two, and start-up none. */
const read = new Map<string, ServiceFacts>()

/** Undefined for a service whose actions the catalogue does not list. */
export function detailsOf(service: string): ServiceFacts | undefined {
  const known = read.get(service)
  if (known !== undefined) return known
  const table = TABLES.get(service)
  if (table === undefined) return undefined
  const facts = merge(readTable(service, table), readTable(service, OVERLAY[service] ?? ""))
  read.set(service, facts)
  return facts
}

/** Ours wins: a line of the overlay also corrects what the data says. */
function merge(data: ServiceFacts, ours: ServiceFacts): ServiceFacts {
  const replaced = new Set(ours.keys.map((key) => key.name.toLowerCase()))
  return {
    actions: new Map([...data.actions, ...ours.actions]),
    keys: [...data.keys.filter((key) => !replaced.has(key.name.toLowerCase())), ...ours.keys],
  }
}
