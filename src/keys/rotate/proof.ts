import { isoStamp } from "../../kernel/clock.ts"

/** What is known of the writers of one dataset. */
export interface DatasetProof {
  readonly dataset: string
  readonly bucket: string
  /** Versions written since the edits. */
  readonly written: number
  /** Those of them that name another key, or none; the first few by name. */
  readonly strays: ReadonlyArray<{
    readonly object: string
    readonly versionId: string
    readonly writtenAt: string
    readonly keyArn: string
  }>
  readonly strayCount: number
  readonly defaultKey: DefaultKey
  /** Opened through the recovery account's drill role. */
  readonly opened: { readonly underNew: number; readonly underOld: number }
  readonly unopened: ReadonlyArray<{ readonly object: string; readonly why: string }>
}

/** `none`: writers name their key themselves or get none. `unread`: nobody may look. */
export type DefaultKey =
  | { readonly kind: "new" | "none" }
  | { readonly kind: "other"; readonly named: string }
  | { readonly kind: "unread"; readonly why: string }

export interface ProofProblem {
  readonly code: "old-key" | "silent" | "bucket-default" | "not-opened"
  readonly dataset: string
  readonly message: string
  readonly hint: string
}

/** Why step 4 does not pass; empty = it does. Pure. `since`: epoch milliseconds. */
export function proofProblems(proofs: readonly DatasetProof[], since: number): readonly ProofProblem[] {
  return proofs.flatMap((proof) => [
    ...strayProblem(proof),
    ...silentProblem(proof, since),
    ...defaultProblem(proof),
    ...proof.unopened.map(({ object, why }): ProofProblem => ({
      code: "not-opened",
      dataset: proof.dataset,
      message: `${object} does not open: ${why}`,
      hint: "the recovery role must open old and new objects before anything moves: dr policy render --check",
    })),
  ])
}

function strayProblem({ dataset, strays: [first], strayCount }: DatasetProof): ProofProblem[] {
  if (first === undefined) return []
  const more = strayCount === 1 ? "" : `, and ${strayCount - 1} more`
  return [
    {
      code: "old-key",
      dataset,
      message: `${first.object} was written at ${first.writtenAt} under ${first.keyArn}, not under the new key${more}`,
      hint: `a writer of ${dataset} still has its old configuration; if it was changed after that, say when: --since TIME`,
    },
  ]
}

const silentProblem = ({ dataset, written }: DatasetProof, since: number): ProofProblem[] =>
  written > 0
    ? []
    : [
        {
          code: "silent",
          dataset,
          message: `nothing was written to ${dataset} since ${isoStamp(since)}: nobody can say under which key its writer works`,
          hint: "let it write (one terraform apply, one flush), then run the command again",
        },
      ]

const defaultProblem = ({ dataset, bucket, defaultKey }: DatasetProof): ProofProblem[] =>
  defaultKey.kind !== "other"
    ? []
    : [
        {
          code: "bucket-default",
          dataset,
          message: `the default encryption of s3://${bucket} names ${defaultKey.named}, expected the full ARN of the new key`,
          hint: "aws s3api put-bucket-encryption, as step 3 prints it",
        },
      ]
