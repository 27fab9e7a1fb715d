import { describe, expect, it } from "vitest"
import { demoConfig } from "../../src/demo/world.ts"
import { resolveScope } from "../../src/drill/resolve-scope.ts"
import type { DrillDefinition } from "../../src/drill/schema.ts"
import { scopeDigest } from "../../src/drill/scope-digest.ts"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"

const CONFIG = demoConfig("http://127.0.0.1:1")
const LOKI: DrillDefinition = {
  apiVersion: "dr/v1",
  kind: "Drill",
  name: "loki-sample",
  title: "t",
  hypothesis: "h",
  datasets: ["loki"],
  sample: { size: 40, from: ["source"] },
  rewrapDataKeys: 0,
  expect: { source: "readable" },
}
const digest = (text: string, sampleSize = 40): string =>
  scopeDigest(
    resolveScope(environmentOf(loadEstate({ path: "dr.yaml", text }), "demo"), LOKI, { seed: "s", sampleSize }),
  )

describe("what a proof is about", () => {
  it.each([
    ["another workload account", "111111111111", "444444444444"],
    ["another recovery account", "222222222222", "555555555555"],
    ["another bucket", "bucket: demo-loki\n", "bucket: other-loki\n"],
    ["another recovery bucket", "demo-loki-recovery", "other-loki-recovery"],
    ["another recovery key", "alias/observability-demo-recovery", "alias/other-recovery"],
    ["another Region", "eu-west-1", "eu-north-1"],
    ["a kind of another dataset", "kind: mimir", "kind: loki"],
  ])("changes with %s", (_what, from, to) => {
    expect(CONFIG).toContain(from)
    expect(digest(CONFIG.replaceAll(from, to))).not.toBe(digest(CONFIG))
  })
  it.each([
    ["endpoint", "127.0.0.1:1", "127.0.0.1:2"],
    ["a cron", "17 2 * * 1", "18 2 * * 1"],
    ["another kind of dataset", "demo-tempo-recovery", "other-tempo-recovery"],
  ])("does not change with %s", (_what, from, to) => {
    expect(digest(CONFIG.replaceAll(from, to), 10)).toBe(digest(CONFIG))
  })
})
