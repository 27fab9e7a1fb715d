import { describe, expect, it } from "vitest"
import { fidelityOf, type FidelityScene } from "../../../src/restore/plan/fidelity.ts"

const scene: FidelityScene = {
  operations: new Set(["copy"]),
  modes: new Set(["current"]),
  multipart: false,
  storageClass: "keep",
  keepsLocks: false,
  shares: {},
}
const annotations = (more: Partial<FidelityScene>) =>
  fidelityOf({ ...scene, ...more }).filter(({ property }) => property.includes("annotations"))

/** No call of the data plane reads annotations: what becomes of them is said before a run, and never claimed to be checked. */
describe("12: annotations", () => {
  it.each([
    ["one copy carries them, with the right to read them", {}, "preserved", "s3:GetObjectAnnotation"],
    ["parts lose them", { multipart: true }, "lost", "parts"],
    ["in place they stay", { operations: new Set(["rekey"] as const) }, "preserved", ""],
  ] as const)("%s, and the plan says so", (_what, more, outcome, note) => {
    const rows = annotations(more)
    expect(rows.map((row) => row.outcome)).toEqual([outcome])
    expect(rows[0]?.note).toContain(note)
  })
})
