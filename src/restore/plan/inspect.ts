import type { CallError, ObjectHead, Outcome } from "../data-plane.ts"
import type { ListedObject, Refusal, Route } from "../objects.ts"
import type { RefusedGroup, RestorePart } from "./restore-plan.ts"
import type { Stratum } from "./sample.ts"

/** What a restore must know to judge a HEAD. */
export interface Scene {
  readonly operation: RestorePart["operation"]
  /** Epoch milliseconds; a retention that has ended binds nobody. */
  readonly now: number
}

/** Something that a copy cannot keep or that a person should know, beside refusals. */
export type Note =
  | "website-redirect" // not copied
  | "non-ascii-metadata"
  | "source-bucket-key"
  | "not-kms" // SSE-S3 or none: reading needs no KMS
  | "double-encrypted" // DSSE: a copy is encrypted once
  | "unencrypted"
  | "locked" // a copy gets the destination's own lock
  | "composite-checksum"

export interface Finding {
  readonly refusal?: Refusal
  readonly notes: readonly Note[]
  /** Of the key that encrypts the source. */
  readonly keyArn?: string
}

/** What one HEAD says about carrying the object over. Errors that are not about the object come back as such. */
export function findingOf(head: Outcome<ObjectHead>, route: Route["kind"], scene: Scene): Finding | CallError {
  if (head.kind === "error") return findingOfError(head.error)
  const notes = notesOf(head.value)
  const refusal = refusalOf(head.value, notes, route, scene)
  return {
    notes,
    ...(refusal === undefined ? {} : { refusal }),
    ...(head.value.keyArn === undefined ? {} : { keyArn: head.value.keyArn }),
  }
}

/**
 * S3 answers HEAD of an object under a customer's key with 400 and no reason, as it does to a session that has ended: who
 * asks makes sure that the session lives. A data plane that asked why has S3's own word for it: the request is refused.
 */
function findingOfError(error: CallError): Finding | CallError {
  if (isMute400(error) || (error.class === "refused" && error.facts.status === 400))
    return { refusal: "NEEDS_CUSTOMER_KEY", notes: [] }
  return error.class === "not-found" ? { refusal: "SOURCE_GONE", notes: [] } : error
}

export const isMute400 = ({ code, facts }: CallError): boolean =>
  code === "HTTP 400" || (facts.status === 400 && facts.awsCode === undefined)

function notesOf(head: ObjectHead): Note[] {
  const found: ReadonlyArray<readonly [Note, boolean]> = [
    ["website-redirect", head.websiteRedirect !== undefined],
    [
      "non-ascii-metadata",
      head.missingMetadata !== undefined || [...head.metadata.values()].some((value) => !isPlain(value)),
    ],
    ["source-bucket-key", head.bucketKey],
    ["not-kms", head.encryption === undefined || head.encryption === "AES256"],
    ["double-encrypted", head.encryption === "aws:kms:dsse"],
    ["unencrypted", head.encryption === undefined],
    ["locked", head.lock !== undefined],
    ["composite-checksum", head.checksum?.type === "COMPOSITE"],
  ]
  return found.filter(([, applies]) => applies).map(([note]) => note)
}

/** RFC 2047 words are what S3 makes of other characters: only as they came can they be sent again. */
const isPlain = (value: string): boolean => /^[\x20-\x7e]*$/.test(value) && !/=\?[^?]*\?[BQbq]\?/.test(value)

function refusalOf(head: ObjectHead, notes: readonly Note[], route: Route["kind"], scene: Scene): Refusal | undefined {
  if (scene.operation === "rekey") return rekeyRefusal(head, scene.now)
  if (head.archived) return "NEEDS_THAW"
  return route === "multipart" && notes.includes("non-ascii-metadata") ? "UNSUPPORTED_METADATA" : undefined
}

/** [S3 API, UpdateObjectEncryption]: SSE-S3 and SSE-KMS only, and no lock that binds. */
function rekeyRefusal({ encryption, lock }: ObjectHead, now: number): Refusal | undefined {
  if (encryption === undefined) return "UNENCRYPTED"
  if (encryption === "aws:kms:dsse") return "DOUBLE_ENCRYPTED"
  const retained = lock?.mode !== undefined && (lock.until === undefined || Date.parse(lock.until) > now)
  return retained || lock?.legalHold ? "LOCKED" : undefined
}

export interface Inspected {
  readonly heads: number
  readonly refused: readonly RefusedGroup[]
  /** Share of all objects, by weight of the strata. */
  readonly shares: Readonly<Partial<Record<Note, number>>>
  /** Source keys met, with how many of the inspected objects each encrypts. */
  readonly keys: ReadonlyMap<string, number>
}

export interface Answered {
  readonly stratum: Stratum
  readonly object: ListedObject
  readonly finding: Finding
}

/** From another account nobody may use a key that AWS manages (`aws/s3`): what it encrypts cannot be copied from there. */
export const refuseManagedKeys = (answers: readonly Answered[], managed: ReadonlySet<string>): Answered[] =>
  answers.map((answer) =>
    answer.finding.refusal === undefined && managed.has(answer.finding.keyArn ?? "")
      ? { ...answer, finding: { ...answer.finding, refusal: "AWS_MANAGED_KEY" } }
      : answer,
  )

const EXAMPLES = 5

/** What the inspected objects say about all: exact for a stratum that was inspected whole, else an estimate by its share. */
export function inspectionOf(answers: readonly Answered[]): Inspected {
  const inspected = countBy(answers, ({ stratum }) => stratum.name)
  const weightOf = ({ stratum }: Answered): number => stratum.population / (inspected.get(stratum.name) ?? 1)
  const refused = new Map<Refusal, { objects: number; estimated: boolean; examples: string[] }>()
  const shares = new Map<Note, number>()
  const total = [...new Set(answers.map(({ stratum }) => stratum))].reduce((sum, each) => sum + each.population, 0)
  for (const answer of answers) {
    const { refusal, notes } = answer.finding
    for (const note of notes) shares.set(note, (shares.get(note) ?? 0) + weightOf(answer) / total)
    if (refusal === undefined) continue
    const group = refused.get(refusal) ?? { objects: 0, estimated: false, examples: [] }
    group.objects += weightOf(answer)
    group.estimated ||= (inspected.get(answer.stratum.name) ?? 0) < answer.stratum.population
    if (group.examples.length < EXAMPLES) group.examples.push(answer.object.key)
    refused.set(refusal, group)
  }
  return {
    heads: answers.length,
    refused: [...refused].map(([why, group]) => ({ why, ...group, objects: Math.round(group.objects) })),
    shares: Object.fromEntries(shares),
    keys: countBy(
      answers.filter(({ finding }) => finding.keyArn !== undefined),
      ({ finding }) => finding.keyArn ?? "",
    ),
  }
}

function countBy<T>(list: readonly T[], nameOf: (each: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const each of list) counts.set(nameOf(each), (counts.get(nameOf(each)) ?? 0) + 1)
  return counts
}
