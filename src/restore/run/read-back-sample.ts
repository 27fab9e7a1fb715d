import { MINUTE } from "../../kernel/units.ts"
import { partitionOf } from "../engine/partition.ts"
import { runScheduler } from "../engine/scheduler.ts"
import type { Manifest } from "../manifest/read-manifest.ts"
import type { ListedObject } from "../objects.ts"
import type { PageSource, Settled } from "../ports.ts"
import { drawReadBack, sampleResult, type SampleResult } from "../verify/sample.ts"
import { createVerifier } from "../verify/verifier.ts"
import type { NotDone } from "./not-done.ts"
import type { PartToProve } from "./closing.ts"
import { keepsHistory, VersionChains } from "./version-chains.ts"

/** Reads are as slow as the bytes are many: a sample of large objects takes its time. */
const PATIENCE = 30 * MINUTE
const IN_FLIGHT = 32

/** Draws a sample of what was done, by the seed that stands in the record, and reads both sides of it, every byte. */
export async function readBackSample(work: PartToProve, manifest: Manifest, notDone: NotDone): Promise<SampleResult> {
  const { part, deps, source, destination, seed } = work
  const history = keepsHistory(part.operation, part.mode)
  const chains = new VersionChains()
  const pages = manifest.inFileOrder()
  const drawn = await drawReadBack(doneIn(history ? chains.watching(pages) : pages, notDone), { seed, way: part })
  const verifier = createVerifier({
    aim: part.aim,
    operation: part.operation,
    routing: part.routing,
    source,
    destination,
    clock: deps.clock,
    verify: "full",
    ...(history ? { chainOf: chains.of } : {}),
  })
  const endings = new Map<ListedObject, Settled>()
  const objects = drawn.flatMap((stratum) => stratum.drawn.map(({ object }) => object))
  const { ended } = await runScheduler({
    deps,
    source: onePage(objects),
    attempt: (item) => verifier.attempt(item),
    partitionOf: partitionOf(part.aim.destination),
    deadlineMs: PATIENCE,
    onSettled: ({ object }, settled) => {
      endings.set(object, settled)
      tell(work, object, settled)
    },
    onPage: () => undefined,
    maxInFlight: IN_FLIGHT,
    pacers: work.pacers,
  })
  if (ended.kind === "halted") throw ended.error
  return sampleResult(drawn, (object) => endings.get(object))
}

/** Everything that is settled as done, without keeping it. */
async function* doneIn(pages: PageSource, notDone: NotDone): AsyncIterable<ListedObject> {
  for (let page = await pages.next(); page !== undefined; page = await pages.next())
    for (const [index, object] of page.objects.entries()) if (!notDone.has(page.page, index)) yield object
}

function tell({ deps, part }: PartToProve, { key, versionId }: ListedObject, settled: Settled): void {
  deps.emit("restore.object", {
    part: part.name,
    object: `s3://${part.aim.source.bucket}/${key}`,
    result: settled.kind === "done" ? "verified" : settled.kind,
    ...(versionId === undefined ? {} : { versionId }),
    ...("message" in settled ? { message: settled.message } : {}),
  })
}

function onePage(objects: readonly ListedObject[]): PageSource {
  const pages = [{ page: 0, range: 0, objects }]
  return { next: async () => pages.shift() }
}
