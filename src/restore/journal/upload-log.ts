import type { ListedObject } from "../objects.ts"
import type { UploadLog } from "../routes/context.ts"
import type { ObjectJournal } from "./object-journal.ts"
import type { Recovered } from "./recovered.ts"

/** Uploads written down in the journal, those that an earlier process left open included. */
export function uploadLog(journal: ObjectJournal, openUploads: Recovered["openUploads"]): UploadLog {
  const left = new Map<string, string[]>()
  for (const { uploadId, ...object } of openUploads)
    left.set(nameOf(object), [...(left.get(nameOf(object)) ?? []), uploadId])
  return {
    opened: ({ key, versionId }, uploadId) =>
      journal.openUpload({ uploadId, key, ...(versionId === undefined ? {} : { versionId }) }),
    closed(object, uploadId) {
      journal.closeUpload(uploadId)
      const others = (left.get(nameOf(object)) ?? []).filter((other) => other !== uploadId)
      left.set(nameOf(object), others)
    },
    left: (object) => left.get(nameOf(object)) ?? [],
  }
}

/** A key may hold any character, a version id no blank. */
const nameOf = ({ key, versionId = "" }: Pick<ListedObject, "key" | "versionId">): string => `${versionId} ${key}`
