import { objectArn, partitionOf } from "../../access/arn.ts"
import { DrError } from "../../kernel/errors.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import type { DrillContext, Sessions } from "../context.ts"
import type { ObjectRef } from "../ports.ts"
import { sideOf } from "../side.ts"
import { sidesOf } from "./find.ts"
import { sideName, type Finds, type Need } from "./needs.ts"
import { readRefusal } from "./refusal.ts"

/** What AWS itself says of a need, without anything being changed. */
export interface LiveAnswer {
  readonly live: "allowed" | "denied" | "not-tried"
  /** AWS's words. */
  readonly message?: string
}

/** One harmless call that proves one or several needs. */
interface Probe {
  readonly covers: (need: Need) => boolean
  readonly run: () => Promise<unknown>
}

const DIRECT = (need: Need): boolean => need.facts["kms:ViaService"] === undefined

/** After these the right was judged, and what failed is something else. */
const JUDGED: ReadonlySet<string> = new Set(["E_KEY_STATE", "E_AWS_NOT_FOUND", "E_AWS_INVALID"])

/** Asks AWS for every need that can be asked without a trace; each call is made once. */
export async function liveAnswers(
  context: DrillContext,
  sessions: Sessions,
  finds: Finds,
  needs: readonly Need[],
): Promise<Map<Need, LiveAnswer>> {
  const answers = new Map<Need, LiveAnswer>()
  for (const { covers, run } of probesOf(context, sessions, finds)) {
    const covered = needs.filter(covers)
    if (covered.length === 0) continue
    const refusal = await refusalOf(run)
    if (refusal === undefined) for (const need of covered) answers.set(need, answers.get(need) ?? { live: "allowed" })
    else for (const need of blamed(covered, refusal)) answers.set(need, { live: "denied", message: refusal.message })
  }
  return answers
}

/** The rights that AWS names; all that the call needs where it names none of them: a refusal must not be lost. */
function blamed(covered: readonly Need[], refusal: DrError): readonly Need[] {
  const { action } = readRefusal(refusal.message)
  const named = covered.filter((need) => need.action === action)
  return named.length > 0 ? named : covered
}

async function refusalOf(run: () => Promise<unknown>): Promise<DrError | undefined> {
  try {
    await run()
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof DrError)) throw thrown
    if (thrown.code === "E_AWS_ACCESS_DENIED") return thrown
    if (JUDGED.has(thrown.code) && thrown.aws?.awsCode !== "NoSuchBucket") return undefined
    throw thrown
  }
}

function probesOf(context: DrillContext, sessions: Sessions, finds: Finds): Probe[] {
  return [
    ...[...finds.keys.values()].flatMap(({ replica, recovery }) =>
      replica === undefined ? [] : keyProbes(context, sessions, replica, recovery),
    ),
    ...context.scope.datasets.flatMap((dataset) =>
      sidesOf(context).flatMap((from) => {
        const found = finds.objects.get(sideName(dataset, from))
        if (found === undefined) return []
        const side = sideOf(context, dataset, from)
        return readProbes(context, sessions, found.ref, found.versionId, side.region)
      }),
    ),
    ...scratchProbes(context, sessions),
  ]
}

function keyProbes(context: DrillContext, sessions: Sessions, replica: KeyArn, recovery: KeyArn): Probe[] {
  const drill = { "dr-run": context.deps.run, "dr-drill": context.drill }
  const kms = (actor: Need["actor"]) => context.kms(sessions[actor])
  const on =
    (resource: string, ...actions: readonly string[]) =>
    (need: Need): boolean =>
      DIRECT(need) && need.resource === resource && actions.includes(need.action)
  return [
    {
      covers: on(replica, "kms:GenerateDataKey"),
      run: () => kms("workload").dryRun({ operation: "GenerateDataKey", keyArn: replica, context: drill }),
    },
    {
      covers: (need) => on(replica, "kms:ReEncryptFrom")(need) || on(recovery, "kms:ReEncryptTo")(need),
      run: () => kms("recovery").dryRun({ operation: "ReEncrypt", from: replica, to: recovery, context: drill }),
    },
    {
      covers: on(recovery, "kms:Decrypt"),
      run: () => kms("recovery").dryRun({ operation: "Decrypt", keyArn: recovery, context: drill }),
    },
  ]
}

function readProbes(
  context: DrillContext,
  sessions: Sessions,
  ref: ObjectRef,
  versionId: string | undefined,
  region: DrillContext["scope"]["primaryRegion"],
): Probe[] {
  const s3 = context.s3(sessions.recovery, region)
  const arn = objectArn(ref.bucket, ref.key, partitionOf(region))
  const version = versionId === undefined ? undefined : { ...ref, versionId }
  const of =
    (...actions: readonly string[]) =>
    (need: Need): boolean =>
      actions.includes(need.action) &&
      (need.resource === arn ||
        (need.action === "kms:Decrypt" && need.facts["kms:EncryptionContext:aws:s3:arn"] === arn))
  return [
    { covers: of("s3:GetObject", "kms:Decrypt"), run: () => s3.peek(ref) },
    { covers: of("s3:GetObjectTagging"), run: () => s3.tags(ref) },
    ...(version === undefined
      ? []
      : [
          { covers: of("s3:GetObjectVersion", "kms:Decrypt"), run: () => s3.peek(version) },
          { covers: of("s3:GetObjectVersionTagging"), run: () => s3.tags(version) },
        ]),
  ]
}

function scratchProbes(context: DrillContext, sessions: Sessions): Probe[] {
  const { scratch, recovery, recoveryRegion } = context.scope
  const s3 = context.s3(sessions.recovery)
  const probe = { bucket: scratch.bucket, key: `${context.scratchPrefix}probe`, owner: recovery.account }
  const arn = objectArn(probe.bucket, probe.key, partitionOf(recoveryRegion))
  const LISTS = new Set(["s3:ListBucketVersions", "s3:ListBucketMultipartUploads"])
  return [
    {
      covers: ({ action, resource }) =>
        resource === arn && (action === "s3:PutObject" || action === "s3:PutObjectTagging"),
      run: () => s3.mayPut(probe),
    },
    {
      covers: ({ action }) => LISTS.has(action),
      run: () => s3.countAll(scratch.bucket, context.scratchPrefix, recovery.account),
    },
  ]
}
