import { forEachBounded } from "../../kernel/concurrency.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { differences, type ReadObject } from "../compare.ts"
import { IN_FLIGHT } from "../copy-sample.ts"
import type { CopiedObject, DrillContext, KeysByName, Sessions } from "../context.ts"
import type { Session } from "../../keys/ports.ts"
import type { ObjectRef, S3Port } from "../ports.ts"
import { denySourcePolicy } from "../session-policy.ts"
import { sideOf } from "../side.ts"
import { keysFor } from "./method.ts"
import { assume } from "./preflight.ts"

/** Reads every copy back as a reader to whom the source is denied, and compares it with its origin, byte for byte. */
export async function verify(
  context: DrillContext,
  sessions: Sessions,
  keys: KeysByName,
  copied: readonly CopiedObject[],
): Promise<void> {
  const reader = await assume(context, "reader", context.scope.recovery, denySourcePolicy(context.scope, keys.values()))
  let done = 0
  await forEachBounded(
    copied,
    IN_FLIGHT,
    async (object) => {
      try {
        await verifyOne(context, sessions, reader, object)
      } catch (thrown) {
        context.deps.signal.throwIfAborted()
        context.objectFailed(object.label, "verify", thrown)
      }
      context.deps.emit("progress", {
        drill: context.drill,
        phase: "verify",
        done: ++done,
        total: copied.length,
        unit: "objects",
      })
    },
    context.deps.signal,
  )
  await proveLoss(context, sessions, reader, keys)
}

async function verifyOne(
  context: DrillContext,
  sessions: Sessions,
  reader: Session,
  object: CopiedObject,
): Promise<void> {
  const started = context.deps.clock.mono()
  const side = sideOf(context, object.dataset, object.from)
  const copy = await read(context.s3(reader), object.destination)
  const origin = await read(context.s3(sessions.recovery, side.region), object.origin)
  const wrong = differences(origin, copy, object.keyArn)
  if (object.knownSha256 !== undefined && object.knownSha256 !== copy.sha256) {
    wrong.push(`canary SHA-256 is ${copy.sha256}, recorded before the drill was ${object.knownSha256}`)
  }
  wrong.push(...(await compareWithSource(context, sessions, object, copy.sha256, origin.facts.modifiedAt)))
  if (wrong.length > 0) throw new DrError({ code: "E_COPY_DIFFERS", message: wrong.join("; ") })
  context.deps.emit("object.verified", {
    drill: context.drill,
    object: object.label,
    level: "L2",
    sha256: copy.sha256,
    sizeBytes: copy.facts.sizeBytes,
    keyArn: object.keyArn,
    durationMs: context.deps.clock.mono() - started,
  })
}

/** While the source reads, a recovery copy must equal it, unless the source was written again since. */
async function compareWithSource(
  context: DrillContext,
  sessions: Sessions,
  object: CopiedObject,
  sha256: string,
  copiedAt: number,
): Promise<string[]> {
  const { dataset } = object
  if (object.from === "source" || context.scope.definition.expect.source === "unreadable") return []
  const source = sideOf(context, dataset, "source")
  const ref: ObjectRef = {
    bucket: source.bucket,
    key: source.prefix + object.origin.key.slice(dataset.recoveryPrefix.length),
    owner: source.owner,
  }
  const s3 = context.s3(sessions.recovery, source.region)
  try {
    const facts = await s3.head(ref)
    if (facts.modifiedAt > copiedAt) return []
    const hashed = await s3.hash(ref)
    return hashed.sha256 === sha256
      ? []
      : [`the recovery copy has SHA-256 ${sha256}, its source s3://${ref.bucket}/${ref.key} has ${hashed.sha256}`]
  } catch (thrown) {
    if (thrown instanceof DrError && thrown.code === "E_AWS_NOT_FOUND") return [] // deleted at the source: the copy outlives it
    throw thrown
  }
}

async function read(s3: S3Port, ref: ObjectRef): Promise<ReadObject> {
  const facts = await s3.head(ref)
  const hashed = await s3.hash(ref)
  return { facts, sha256: hashed.sha256, tags: await s3.tags(ref) }
}

const REFUSALS: ReadonlySet<string> = new Set(["E_AWS_ACCESS_DENIED", "E_KEY_STATE"])

/**
 * The negative control: the reader tries one source object of each dataset. Refused = the loss is real for this reader.
 * If it reads, a loss drill has simulated nothing and fails; any other drill says so as something it did not test.
 */
async function proveLoss(context: DrillContext, sessions: Sessions, reader: Session, keys: KeysByName): Promise<void> {
  const mustRefuse = context.scope.definition.expect.source === "unreadable"
  for (const dataset of context.scope.datasets) {
    const found = keysFor(keys, dataset)
    const observed = await trySource(context, reader, dataset)
    const expected = `refused (key ${found.primary} and Region ${context.scope.primaryRegion} denied to the reader)`
    const check = `source s3://${dataset.bucket} refuses the reader`
    if (observed.refused) context.check("verify", check, "ok", expected, observed.text)
    else context.check("verify", check, mustRefuse ? "failed" : "skipped", expected, observed.text)
    if (mustRefuse) await tellRealLoss(context, sessions, dataset)
  }
}

/** Whether the loss is real or only the reader's: the recovery role tries with all its rights. */
async function tellRealLoss(
  context: DrillContext,
  sessions: Sessions,
  dataset: CopiedObject["dataset"],
): Promise<void> {
  const observed = await trySource(context, sessions.recovery, dataset)
  const check = `source s3://${dataset.bucket} is lost to the recovery role too`
  context.check("verify", check, observed.refused ? "ok" : "skipped", "refused", observed.text)
}

async function trySource(
  context: DrillContext,
  reader: Session,
  dataset: CopiedObject["dataset"],
): Promise<{ refused: boolean; text: string }> {
  const side = sideOf(context, dataset, "source")
  const s3 = context.s3(reader, side.region)
  try {
    for await (const object of s3.list(side.bucket, side.prefix, side.owner)) {
      await s3.hash({ bucket: side.bucket, key: object.key, owner: side.owner })
      return { refused: false, text: `s3://${side.bucket}/${object.key} was read: the loss is not simulated here` }
    }
    return { refused: false, text: "the source holds no object to try" }
  } catch (thrown) {
    context.deps.signal.throwIfAborted()
    const refused = thrown instanceof DrError && REFUSALS.has(thrown.code)
    return { refused, text: messageOf(thrown) }
  }
}
