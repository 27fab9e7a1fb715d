import type { Item, Settled } from "../ports.ts"
import { settledIn, type Tally } from "./tally.ts"

/**
 * The lines of an object journal. The first name of a line tells its kind, and no two begin with the same letter pair, so a
 * reader knows from two bytes what it has and parses only what it needs: of ten million objects it reads three numbers each.
 */
export type SettledItem = Pick<Item, "page" | "index" | "object">

/** An upload in parts that S3 keeps (and bills) until it is completed or aborted. */
export interface OpenUpload {
  readonly uploadId: string
  /** Of the object at the source. */
  readonly key: string
  readonly versionId?: string
}

/** A page whose objects are all settled. */
export interface PageCounts extends Readonly<Tally> {
  readonly page: number
  /** All objects of the page; the sum of the four counts. */
  readonly objects: number
}

/** What must be the same in every segment of a journal and in the plan that goes on with it. */
export interface JournalIdentity {
  readonly run: string
  readonly part: string
  /** Hash of the plan, SHA-256 of the manifest. */
  readonly plan: string
  readonly manifest: string
  readonly source: string
  readonly destination: string
  readonly keyArn: string
}

export interface SegmentHeader extends JournalIdentity {
  /** Version of the format. */
  readonly journal: 1
  readonly segment: number
  /** Fencing number of the lock under which it is written. */
  readonly epoch: number
  /** Last seal of the segment before; empty in the first. */
  readonly previous: string
  /** A new chain, begun by hand because the old one is broken: it holds up to here and not beyond. */
  readonly salvaged?: Salvaged
  /** What a crash had cut from the segment before. */
  readonly torn?: Torn
}

interface Salvaged {
  readonly segment: number
  readonly bytes: number
  readonly chain: string
}

export interface Torn {
  readonly segment: number
  readonly bytes: number
}

/** Long texts of AWS help nobody a million times over. */
const MESSAGE_LIMIT = 300
const quoted = JSON.stringify as (text: string) => string

export function objectLine({ page, index, object }: SettledItem, outcome: Settled): string {
  const head = `{"${outcome.kind}":[${page},${index},${object.sizeBytes}],"key":${quoted(object.key)}`
  const from = object.versionId === undefined ? "" : `,"from":${quoted(object.versionId)}`
  switch (outcome.kind) {
    case "done": {
      const { by, etag, versionId, checksum, adopted, requestId } = outcome.proof
      const to = versionId === undefined ? "" : `,"to":${quoted(versionId)}`
      const sum = checksum === undefined ? "" : `,"sum":${quoted(checksum)}`
      const request = requestId === undefined ? "" : `,"request":${quoted(requestId)}`
      return `${head}${from},"by":"${by}","etag":${quoted(etag)}${to}${sum}${request}${adopted === true ? ',"adopted":true' : ""}}\n`
    }
    case "failed":
    case "skipped":
      return `${head}${from},"why":${quoted(outcome.why)},"message":${short(outcome.message)}}\n`
    case "unknown":
      return `${head}${from},"message":${short(outcome.message)}}\n`
  }
}

const short = (message: string): string => quoted(message.slice(0, MESSAGE_LIMIT))

export function pageLine(page: number, tally: Readonly<Tally>): string {
  return `${JSON.stringify({ page, objects: settledIn(tally), ...tally } satisfies PageCounts)}\n`
}

export const headerLine = (header: SegmentHeader): string => `${JSON.stringify(header)}\n`

export const uploadLine = ({ uploadId, key, versionId }: OpenUpload): string =>
  `${JSON.stringify({ open: uploadId, key, from: versionId })}\n`

export const uploadClosedLine = (uploadId: string): string => `${JSON.stringify({ closed: uploadId })}\n`

/** The journal was closed in order: nothing follows, and nothing can be torn. */
export const END_LINE = '{"end":true}\n'
