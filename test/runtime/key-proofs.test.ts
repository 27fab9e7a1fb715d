import { expect, it } from "vitest"
import { ACCOUNTS, demoEnvironment, RECOVERY } from "../../src/demo/world.ts"
import { keyArn } from "../../src/access/arn.ts"
import type { RunRecord } from "../../src/rto/record.ts"
import { datasetProofs } from "../../src/runtime/key-proofs.ts"

const environment = demoEnvironment()
const ours = keyArn(RECOVERY, ACCOUNTS.recovery.id, "mrk-1")
const object = (bucket: string, key = ours) => ({
  object: `s3://${bucket}/canary/1`,
  dataset: "loki (recovery copy)",
  keyArn: key,
})

/** Only what is looked at. */
const run = (drill: object, more: object = {}): RunRecord[] => [
  {
    run: "dr-1",
    env: environment.name,
    simulated: true,
    drills: [
      {
        drill: "loki-sample",
        outcome: "passed",
        startedAt: "2026-11-24T02:17:00.000Z",
        finishedAt: "2026-11-24T02:19:00.000Z",
        proofs: [object("demo-loki-recovery")],
        failures: [],
        ...drill,
      },
    ],
    ...more,
  } as unknown as RunRecord,
]
const datasets = (records: RunRecord[]) => datasetProofs(records, environment).map(({ dataset }) => dataset)

it("takes a passed drill that read the copies, with its end", () => {
  expect(datasetProofs(run({}), environment)).toEqual([
    { dataset: "loki", drill: "loki-sample", run: "dr-1", simulated: true, at: "2026-11-24T02:19:00.000Z" },
  ])
})

it.each([
  ["that failed", { outcome: "failed" }, {}],
  ["of another environment", {}, { env: "other" }],
  ["that sampled the source alone", { proofs: [object("demo-loki")] }, {}],
  ["of another bucket that begins alike", { proofs: [object("demo-loki-recovery-2")] }, {}],
  [
    "under a key of another account",
    { proofs: [object("demo-loki-recovery", keyArn(RECOVERY, ACCOUNTS.workload.id, "mrk-1"))] },
    {},
  ],
  ["with an object that failed", { failures: [{ dataset: "loki (recovery copy)" }] }, {}],
])("takes no drill %s for a proof of the copies", (_, drill, more) => {
  expect(datasets(run(drill, more))).toEqual([])
})

it("takes no rehearsal for the proof of a real environment", () => {
  expect(datasetProofs(run({}), { ...environment, simulated: false })).toEqual([])
})
