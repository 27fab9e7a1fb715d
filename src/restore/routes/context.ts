import type { Clock } from "../../kernel/clock.ts"
import type { Slots } from "../../kernel/concurrency.ts"
import type { CopiedPart, DataPlane, ObjectRef, VersionRef } from "../data-plane.ts"
import { destinationKey, type Aim, type ListedObject, type Place } from "../objects.ts"
import type { Proof } from "../ports.ts"
import type { VerifyLevel } from "../plan/restore-plan.ts"

/** What it takes to look at both sides of an object. */
export interface ReadContext {
  readonly aim: Aim
  /** Speaks to the source's Region. */
  readonly source: DataPlane
  /** Speaks to the destination's Region, to which copies are sent. The same one within a Region. */
  readonly destination: DataPlane
  readonly verify: VerifyLevel
  /** Wall time only: whether a lock still holds. */
  readonly clock: Pick<Clock, "now">
  /** The most that one CopyObject takes; a setting, so that small services can be tested. */
  readonly copyLimitBytes: number
  /** Sources that changed between plan and copy, as they were planned anew; once per object. */
  readonly replanned: WeakMap<ListedObject, ListedObject>
  /** Steps of chains that this process has made, or seen at the destination. */
  readonly stepsMade: WeakMap<ListedObject, Proof>
}

/** What every route needs to know. */
export interface RouteContext extends ReadContext {
  readonly uploads: Uploads
}

/** Multipart uploads: what bounds them, where they are written down, and which are open in this process. */
export interface Uploads {
  /** Of one object at a time. */
  readonly partsInFlight: number
  /** Of all objects together. */
  readonly slots: Slots
  readonly log: UploadLog
  readonly open: Map<ListedObject, OpenUpload>
}

/** So that no upload outlives a run unseen: open ones cost money and show in no listing. */
export interface UploadLog {
  /** Returns when it is on the disk: no part is sent before. */
  opened(object: ListedObject, uploadId: string): Promise<void>
  /** Completed or aborted. */
  closed(object: ListedObject, uploadId: string): void
  /** Opened by an earlier process and not closed. */
  left(object: ListedObject): readonly string[]
}

export interface OpenUpload {
  readonly uploadId: string
  readonly ranges: readonly ByteRange[]
  /** One for each range; undefined = not copied yet. */
  readonly parts: (CopiedPart | undefined)[]
  readonly sizeBytes: number
}

/** Both ends are inside. */
export interface ByteRange {
  readonly fromByte: number
  readonly toByte: number
}

/** The part of an item that a route needs; a step of a chain has it too. */
export interface Work {
  readonly object: ListedObject
  doubtful: boolean
}

/** What may stand at the destination. */
export type Expect = "absent" | { readonly etag: string }

export const expectOf = (object: ListedObject): Expect =>
  object.replaces === undefined ? "absent" : { etag: object.replaces }

/** The source as it was planned, or as it was planned anew. */
export const pinned = (context: ReadContext, object: ListedObject): ListedObject =>
  context.replanned.get(object) ?? object

export function sourceRef(aim: Aim, object: ListedObject): VersionRef {
  const ref = refIn(aim.source, object.key)
  return object.versionId === undefined ? ref : { ...ref, versionId: object.versionId }
}

export const destinationRef = (aim: Aim, key: string): ObjectRef => refIn(aim.destination, destinationKey(aim, key))

function refIn(place: Place, key: string): ObjectRef {
  return place.requestPayer === undefined
    ? { bucket: place.bucket, key, owner: place.owner }
    : { bucket: place.bucket, key, owner: place.owner, requestPayer: true }
}

export const storageClassOf = (aim: Aim, object: ListedObject): string =>
  aim.storageClass === "keep" ? object.storageClass : aim.storageClass
