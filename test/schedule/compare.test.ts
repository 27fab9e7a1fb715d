import { expect, it } from "vitest"
import { compareFiles } from "../../src/schedule/compare.ts"

it("tells current, changed, missing and left-over files apart, and leaves other files alone", () => {
  const rendered = ["a", "b", "c"].map((drill) => ({ path: `dr-drill-prod--${drill}.timer`, content: `${drill}\n` }))
  const installed = new Map([
    ["dr-drill-prod--a.timer", "a\n"],
    ["dr-drill-prod--b.timer", "B\n"],
    ["dr-drill-prod--old.timer", ""],
    ["dr-drill-test--old.timer", ""],
    ["ssh.service", ""],
  ])
  expect(compareFiles("prod", rendered, installed)).toEqual([
    { path: "dr-drill-prod--a.timer", state: "current" },
    { path: "dr-drill-prod--b.timer", state: "differs" },
    { path: "dr-drill-prod--c.timer", state: "missing" },
    { path: "dr-drill-prod--old.timer", state: "left-over" },
  ])
})
