import type { Inspected, Note } from "./inspect.ts"
import type { FidelityRow, RestorePart } from "./restore-plan.ts"

/** What decides what survives. */
export interface FidelityScene {
  readonly operations: ReadonlySet<RestorePart["operation"]>
  readonly modes: ReadonlySet<RestorePart["mode"]["kind"]>
  readonly multipart: boolean
  readonly storageClass: string
  /** Locks are read at the source and set at the destination. */
  readonly keepsLocks: boolean
  readonly shares: Inspected["shares"]
}

type Row = readonly [property: string, outcome: FidelityRow["outcome"], note: string]

/** What a restore preserves, changes, loses and refuses, per property: known before it is needed. */
export function fidelityOf(scene: FidelityScene): FidelityRow[] {
  const both = scene.operations.size > 1
  return [...scene.operations].flatMap((operation) =>
    (operation === "rekey" ? rekeyed(scene) : copied(scene)).map(([property, outcome, note]) => ({
      property: both ? `${property} (${operation})` : property,
      outcome,
      note,
    })),
  )
}

/** [S3UG update-sse-encryption] */
const rekeyed = ({ shares }: FidelityScene): Row[] => [
  ["bytes, size, checksums, ETag", "preserved", "nothing is rewritten"],
  ["version id, LastModified", "preserved", "the same version stays"],
  ["storage class", "preserved", "archived ones too, without a thaw"],
  ["metadata, headers, tags, annotations, ACL", "preserved", ""],
  ["key", "changed", "SSE-KMS under the new key; the data key inside stays the same (--fresh-data-keys rewrites)"],
  ["bucket key", "changed", "as the plan says, for every object"],
  ["older versions", "preserved", "each is re-keyed when the mode is all; with current they stay under the old key"],
  ["delete markers", "preserved", "they have no key"],
  ["replicas", "lost", "re-keying is not replicated: run it in the other bucket as well"],
  ["events", "lost", "S3 sends none for it; only CloudTrail data events tell"],
  [
    "locked objects",
    "refused",
    `LOCKED: lift governance retention and legal holds first; compliance mode never${seen(shares, "locked")}`,
  ],
  ["unencrypted objects", "refused", `UNENCRYPTED: copy them${seen(shares, "unencrypted")}`],
  ["DSSE-KMS", "refused", `DOUBLE_ENCRYPTED: copy them${seen(shares, "double-encrypted")}`],
  ["SSE-C", "refused", "NEEDS_CUSTOMER_KEY: only who has the key can read it"],
]

/** [S3 API, CopyObject, CreateMultipartUpload; S3UG copy-object] */
function copied({ multipart, modes, storageClass, keepsLocks, shares }: FidelityScene): Row[] {
  const all = modes.has("all")
  return [
    ["bytes, size", "preserved", "read back by the level of --verify"],
    ["key order and names", "preserved", "byte for byte behind the new prefix"],
    ["user metadata, content headers, Expires", "preserved", multipart ? "sent again for objects in parts" : ""],
    ["tags", "preserved", multipart ? "set at creation for objects in parts" : ""],
    [
      "annotations",
      multipart ? "lost" : "preserved",
      multipart ? "objects in parts lose them; single copies keep them" : "need s3:GetObjectAnnotation",
    ],
    ["key", "changed", "SSE-KMS under the new key, with a new data key"],
    ["encryption context", "changed", "names the new bucket or object: policies that name the old ARN break"],
    ["ETag", "changed", "never compare it across keys"],
    [
      "checksum",
      "changed",
      `a full-object one stays; a composite one is made anew${seen(shares, "composite-checksum")}`,
    ],
    ["LastModified, version id", "changed", "the destination gives its own"],
    [
      "storage class",
      storageClass === "keep" ? "preserved" : "changed",
      storageClass === "keep" ? "each object's own is sent" : `all become ${storageClass}`,
    ],
    [
      "older versions, delete markers",
      all ? "preserved" : "lost",
      all ? "oldest first, markers in their place; ids and dates are new" : "only one version of each key is taken",
    ],
    ["ACL", "lost", "the bucket owner owns everything (BucketOwnerEnforced)"],
    ["website redirect", "lost", `not copied by S3${seen(shares, "website-redirect")}`],
    [
      "retention, legal hold",
      keepsLocks ? "preserved" : "lost",
      keepsLocks ? "read by HEAD, set by the copy" : `the destination's own lock counts${seen(shares, "locked")}`,
    ],
    ["event hold", "lost", "the destination's own rule counts"],
    ["archived objects", "refused", "NEEDS_THAW: restore them first (3-12 h), then plan with --archived try"],
    ["objects under aws/s3 of another account", "refused", "AWS_MANAGED_KEY: re-key them in their own account first"],
    ["DSSE-KMS", "changed", `a copy is encrypted once, under the new key${seen(shares, "double-encrypted")}`],
    ["unencrypted objects", "changed", `a copy is encrypted${seen(shares, "unencrypted")}`],
    ["SSE-C", "refused", "NEEDS_CUSTOMER_KEY: only who has the key can read it"],
    ["keys over 1,024 bytes", "refused", "KEY_TOO_LONG behind the new prefix"],
    ...(multipart
      ? ([
          [
            "metadata beyond ASCII of objects in parts",
            "refused",
            `UNSUPPORTED_METADATA${seen(shares, "non-ascii-metadata")}`,
          ],
        ] as const)
      : []),
  ]
}

/** `; about 3.0 % of the inspected objects`, where some were met. */
function seen(shares: FidelityScene["shares"], note: Note): string {
  const share = shares[note] ?? 0
  return share === 0 ? "" : `; about ${(share * 100).toFixed(1)} % by inspection`
}
