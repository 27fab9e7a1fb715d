import { keyArn } from "../../../src/access/arn.ts"
import type { AccountId, BucketName, RegionName } from "../../../src/kernel/brands.ts"
import type { Aim, ListedObject } from "../../../src/restore/objects.ts"
import type { RestorePlan } from "../../../src/restore/plan/restore-plan.ts"
import { ROUTING } from "../../../src/restore/plan/classify.ts"

export const AIM: Aim = {
  source: {
    bucket: "source" as BucketName,
    prefix: "a/",
    owner: "111111111111" as AccountId,
    region: "eu-central-1" as RegionName,
  },
  destination: {
    bucket: "copy" as BucketName,
    prefix: "restored/",
    owner: "222222222222" as AccountId,
    region: "eu-west-1" as RegionName,
  },
  keyArn: keyArn("eu-west-1", "222222222222", "1234abcd-12ab-34cd-56ef-1234567890ab"),
  bucketKey: false,
  storageClass: "keep",
}

export const object = (key: string, more: Partial<ListedObject> = {}): ListedObject => ({
  key,
  sizeBytes: 1,
  modifiedAt: 0,
  etag: '"e"',
  storageClass: "STANDARD",
  ...more,
})

/** Everything of a plan but its hash, with a value in every field. */
export const PLAN: Omit<RestorePlan, "hash"> = {
  version: 1,
  kind: "RestorePlan",
  env: "demo",
  createdAt: "2026-11-24T02:00:00.000Z",
  expiresAt: "2026-11-25T02:00:00.000Z",
  simulated: true,
  verify: "answer",
  parts: [
    {
      name: "loki (hot)",
      operation: "copy",
      aim: { ...AIM, source: { ...AIM.source, requestPayer: true }, lock: "keep" },
      mode: { kind: "as-of", at: 1_700_000_000_000 },
      routing: ROUTING,
      role: "arn:aws:iam::222222222222:role/dr-sync" as NonNullable<RestorePlan["parts"][number]["role"]>,
      manifest: { file: "plan.loki-hot.manifest", sha256: "ab".repeat(32), pages: 3 },
      counts: {
        objects: 2_001,
        bytes: 12,
        deleteMarkers: 1,
        noncurrent: 4,
        multipart: 1,
        byClass: { STANDARD: { objects: 2_000, bytes: 12 } },
        inspected: 299,
      },
      refused: [{ why: "NEEDS_THAW", objects: 7, estimated: true, examples: ["a/\u202eb"] }],
      etaMs: 60_000,
    },
  ],
  estimate: {
    limits: { client: 12_000, partitions: 3_500, kms: 2_500, window: 10_240 },
    binds: "kms",
    objectsPerSecond: 2_500,
    etaMs: 60_000,
    rtoDataMs: 14_400_000,
    share: 0.0042,
    requests: { CopyObject: 2_001 },
    kmsCalls: 4_002,
    costUsd: 0.02,
    advice: ["KMS binds"],
  },
  fidelity: [{ property: "tags", outcome: "preserved", note: "" }],
}
