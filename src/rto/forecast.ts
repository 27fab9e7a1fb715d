import type { Millis } from "../kernel/units.ts"
import { relativeMargin } from "./interval.ts"
import type { CopyRecord, DrillRecord, ObjectProof, SampleRecord } from "./record.ts"

/** How long everything would take, judged from a sample. `lower` and `upper` bound a 95 % interval. */
export interface Forecast {
  /** From the drill's start until the first object was touched: roles, keys. Paid once, whatever the volume. */
  readonly fixedMs: Millis
  readonly pointMs: Millis
  readonly lowerMs: Millis
  readonly upperMs: Millis
  readonly datasets: readonly DatasetForecast[]
  /** The smallest sample among the datasets that were not read whole; undefined when all were. */
  readonly smallestSample: number | undefined
}

interface DatasetForecast {
  readonly dataset: string
  readonly population: number
  readonly populationBytes: number
  /** Objects that were copied and read back right. */
  readonly measured: number
  readonly measuredBytes: number
  readonly copyPerSecond: number
  readonly verifyPerSecond: number
  readonly pointMs: Millis
  readonly lowerMs: Millis
  readonly upperMs: Millis
}

export const FORECAST_METHOD =
  "For each dataset: wall time per object while the sample was copied, plus wall time per object while it was verified, times the real number of objects; " +
  "the time before the first object is added once. The 95 % interval comes from the spread of the single objects' times (Student's t), " +
  "and its upper bound is stretched when the dataset's mean object is larger than the sample's. A dataset that was sampled on both sides counts once, with its slower side. " +
  "Datasets are taken one after the other, at the drill's own concurrency. RTO-D is met only when the upper bound is within the target, missed when the estimate itself is beyond it."

/** Undefined when some dataset has no measured object, or no time passed that could be measured. */
export function forecast(drill: DrillRecord): Forecast | undefined {
  const sides = drill.samples.map((sample) => forecastDataset(drill, sample))
  if (sides.length === 0 || sides.some((side) => side === undefined)) return undefined
  const datasets = worstSides(sides.filter((side) => side !== undefined))
  const fixedMs = Math.min(...drill.copies.map((copy) => copy.startMs))
  const total = (of: (dataset: DatasetForecast) => number): number =>
    datasets.reduce((sum, dataset) => sum + of(dataset), fixedMs)
  const partial = datasets.filter((dataset) => dataset.measured < dataset.population).map((dataset) => dataset.measured)
  return {
    fixedMs,
    pointMs: total((dataset) => dataset.pointMs),
    lowerMs: total((dataset) => dataset.lowerMs),
    upperMs: total((dataset) => dataset.upperMs),
    datasets,
    smallestSample: partial.length === 0 ? undefined : Math.min(...partial),
  }
}

function forecastDataset(drill: DrillRecord, sample: SampleRecord): DatasetForecast | undefined {
  const copies = drill.copies.filter((copy) => copy.dataset === sample.dataset)
  const proofs = drill.proofs.filter((proof) => proof.dataset === sample.dataset)
  const perObjectMs = wallMs(copies) / copies.length + wallMs(proofs) / proofs.length
  if (copies.length === 0 || proofs.length === 0 || perObjectMs <= 0) return undefined
  const measuredBytes = proofs.reduce((sum, proof) => sum + proof.sizeBytes, 0)
  const pointMs = perObjectMs * sample.population
  const margin = proofs.length >= sample.population ? 0 : relativeMargin(timesOf(copies, proofs))
  const heavier = ratio(sample.populationBytes / sample.population, measuredBytes / proofs.length)
  return {
    dataset: sample.dataset,
    population: sample.population,
    populationBytes: sample.populationBytes,
    measured: proofs.length,
    measuredBytes,
    copyPerSecond: perSecond(copies),
    verifyPerSecond: perSecond(proofs),
    pointMs,
    lowerMs: pointMs * Math.max(0, 1 - margin) * Math.min(1, heavier),
    upperMs: pointMs * (1 + margin) * Math.max(1, heavier),
  }
}

type Timed = Pick<CopyRecord | ObjectProof, "startMs" | "durationMs">

/** From the first start to the last end: with several in flight this is what a restore waits, not the sum of the durations. */
function wallMs(timed: readonly Timed[]): Millis {
  return Math.max(...timed.map((one) => one.startMs + one.durationMs)) - Math.min(...timed.map((one) => one.startMs))
}

function perSecond(timed: readonly Timed[]): number {
  const wall = wallMs(timed)
  return wall > 0 ? (timed.length * 1000) / wall : 0
}

/** Copy and verification of one object together. */
function timesOf(copies: readonly CopyRecord[], proofs: readonly ObjectProof[]): number[] {
  const copyMs = new Map(copies.map((copy) => [copy.object, copy.durationMs]))
  return proofs.map((proof) => proof.durationMs + (copyMs.get(proof.object) ?? 0))
}

function ratio(above: number, below: number): number {
  return below > 0 && Number.isFinite(above) ? above / below : 1
}

/** `loki (source)` and `loki (recovery copy)` are one dataset: re-encrypted once, so the slower side stands for both. */
function worstSides(sides: readonly DatasetForecast[]): DatasetForecast[] {
  const worst = new Map<string, DatasetForecast>()
  for (const side of sides) {
    const name = side.dataset.replace(/ \((?:source|recovery copy)\)$/, "")
    const other = worst.get(name)
    worst.set(name, other === undefined ? side : slower(side, other))
  }
  return [...worst.values()]
}

function slower(a: DatasetForecast, b: DatasetForecast): DatasetForecast {
  const base = a.pointMs >= b.pointMs ? a : b
  return { ...base, upperMs: Math.max(a.upperMs, b.upperMs), measured: Math.min(a.measured, b.measured) }
}
