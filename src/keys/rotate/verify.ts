import { keyIdOf } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { forEachBounded } from "../../kernel/concurrency.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { seededFraction } from "../../kernel/random.ts"
import { datasetsOf, type Dataset } from "../policy/scene.ts"
import { bucketDefaultOf } from "./bucket-default.ts"
import type { DatasetProof } from "./proof.ts"
import type { ListedVersion, RotateDeps, RotationScope, SourceObjects, VersionRef } from "./ports.ts"

interface Keys {
  readonly oldKey: KeyArn
  readonly newKey: KeyArn
}

/** Named one by one; of the rest there is the count. */
const MOST_NAMED = 20
const IN_FLIGHT = 16
const TELL_EVERY = 1_000
/** Of each dataset and key: opened through the recovery role. */
const OPENED = 3
/** Until somebody restores them they cannot be opened. */
const ARCHIVED: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"])

/** Step 4: what was written to each dataset since `since`, and what opens. Reads only. */
export async function proveWriters(
  deps: RotateDeps,
  scope: RotationScope,
  keys: Keys,
  since: number,
): Promise<readonly DatasetProof[]> {
  const objects = await deps.objects()
  const proofs: DatasetProof[] = []
  for (const dataset of datasetsOf(scope.environment, scope.key)) {
    const defaultKey = await bucketDefaultOf(deps, scope, dataset.bucket, keys.newKey)
    proofs.push({ ...(await proveDataset(deps, scope, objects, dataset, keys, since)), defaultKey })
  }
  return proofs
}

async function proveDataset(
  deps: RotateDeps,
  { environment }: RotationScope,
  objects: SourceObjects,
  { name, bucket, prefix }: Dataset,
  keys: Keys,
  since: number,
): Promise<Omit<DatasetProof, "defaultKey">> {
  const owner = environment.workload.id
  const refOf = ({ key, versionId }: ListedVersion): VersionRef => ({ bucket, key, versionId, owner })
  const newer = new Sample(OPENED, deps.run)
  const older = new Sample(OPENED, deps.run)
  const strays: { object: string; versionId: string; writtenAt: string; keyArn: string }[] = []
  let [listed, written, strayCount] = [0, 0, 0]
  await forEachBounded(
    objects.versions(bucket, prefix, owner),
    IN_FLIGHT,
    async (version) => {
      if (++listed % TELL_EVERY === 0)
        deps.emit("progress", { phase: `what is in ${name}`, done: listed, total: listed, unit: "versions" })
      if (version.modifiedAt <= since) return older.offer(version)
      const key = await keyUnder(objects, refOf(version))
      if (key === undefined) return
      written++
      if (key === keys.newKey) return newer.offer(version)
      strayCount++
      if (strays.length < MOST_NAMED)
        strays.push({
          object: `s3://${bucket}/${version.key}`,
          versionId: version.versionId,
          writtenAt: isoStamp(version.modifiedAt),
          keyArn: key,
        })
    },
    deps.signal,
  )
  const openedNew = await openAll(objects, newer.drawn().map(refOf), () => true)
  const openedOld = await openAll(objects, older.drawn().map(refOf), (key) => keyIdOf(key) === keyIdOf(keys.oldKey))
  return {
    dataset: name,
    bucket,
    written,
    strays,
    strayCount,
    opened: { underNew: openedNew.opened, underOld: openedOld.opened },
    unopened: [...openedNew.unopened, ...openedOld.unopened],
  }
}

/** `none` for an object without a KMS key; undefined when it has gone meanwhile. */
export async function keyUnder(objects: SourceObjects, ref: VersionRef): Promise<string | undefined> {
  try {
    return (await objects.head(ref)).keyArn ?? "none"
  } catch (thrown) {
    if (thrown instanceof DrError && thrown.code === "E_AWS_NOT_FOUND") return undefined
    throw thrown
  }
}

async function openAll(
  objects: SourceObjects,
  refs: readonly VersionRef[],
  counts: (keyArn: string) => boolean,
): Promise<{ opened: number; unopened: { object: string; why: string }[] }> {
  const unopened: { object: string; why: string }[] = []
  let opened = 0
  for (const ref of refs) {
    try {
      const key = await keyUnder(objects, ref)
      if (key === undefined || !counts(key)) continue
      await objects.peek(ref)
      opened++
    } catch (thrown) {
      if (!(thrown instanceof DrError)) throw thrown
      if (thrown.code !== "E_AWS_NOT_FOUND")
        unopened.push({ object: `s3://${ref.bucket}/${ref.key}`, why: messageOf(thrown) })
    }
  }
  return { opened, unopened }
}

/** The few with the smallest draw: the same for the same seed, whatever the order of the listing. */
class Sample {
  readonly #size: number
  readonly #seed: string
  #kept: { draw: number; version: ListedVersion }[] = []

  constructor(size: number, seed: string) {
    this.#size = size
    this.#seed = seed
  }

  offer(version: ListedVersion): void {
    if (ARCHIVED.has(version.storageClass)) return
    const draw = seededFraction(this.#seed, `${version.key}\0${version.versionId}`)
    this.#kept.push({ draw, version })
    if (this.#kept.length <= this.#size) return
    this.#kept = this.#kept.sort((a, b) => a.draw - b.draw).slice(0, this.#size)
  }

  drawn(): readonly ListedVersion[] {
    return this.#kept.map(({ version }) => version)
  }
}
