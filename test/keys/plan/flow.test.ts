import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { KeyPlan } from "../../../src/keys/plan/key-plan.ts"
import { seal } from "../../../src/keys/plan/plan-keys.ts"
import { acquireLock } from "../../../src/runtime/lock.ts"
import { runDr } from "../../support/run-dr.ts"
import { CODES, emptyDemoEstate, PERSON, type DemoEstate } from "./demo-estate.ts"

/** The whole way through the built program: from an empty sandbox to keys that are proven. */
let demo: DemoEstate
beforeAll(async () => {
  demo = await emptyDemoEstate()
})
afterAll(() => demo.close())

const keys = (args: readonly string[], stdin = "") =>
  runDr(["keys", ...args], { cwd: demo.folder, env: demo.env, stdin })
const planned = (...more: string[]) => keys(["plan", "-e", "demo", "--profile", "workload", ...more])
const operations = (): string[] => demo.sandbox.audit.map(({ operation }) => operation)
const made = (): number => operations().filter((operation) => operation === "CreateKey").length

it("shows a plan without a flag and exits 0, though something is to be done", async () => {
  const { exit, stdout } = await planned()
  expect(exit).toBe(0)
  expect(stdout).toContain("+ 111111111111 eu-central-1 as break-glass")
  expect(stdout).toContain("next: dr keys apply -e demo")
})

it("gives 2, 0, 0", async () => {
  const first = await planned("--out", "p.json")
  expect([first.exit, first.stdout]).toEqual([2, expect.stringContaining("next: dr keys apply p.json")])
  const applied = await keys(["apply", "p.json", ...PERSON, "--yes"], CODES)
  expect([applied.exit, applied.stderr]).toEqual([0, expect.stringContaining("create-key")])
  expect(applied.stdout).toContain("✓ proven  observability")
  const again = await planned("--detailed-exitcode")
  expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining("no changes")])
  expect(made()).toBe(2)
})

it("does nothing when the same plan is applied once more", async () => {
  const { exit, stdout } = await keys(["apply", "p.json", ...PERSON, "--yes", "--json"], CODES)
  expect(exit).toBe(0)
  const { data } = JSON.parse(stdout) as { data: { steps: { result: string }[]; resumed: boolean } }
  expect(data.steps.map(({ result }) => result)).toEqual(data.steps.map(() => "already"))
  expect(made()).toBe(2)
})

/** The plan with something else in it; `sealed`: with the right hash, as anybody can compute it. */
const edited = (change: (plan: KeyPlan) => object): string => {
  const path = join(demo.folder, "edited.json")
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(join(demo.folder, "p.json"), "utf8")) as KeyPlan)))
  return "edited.json"
}

/** A hostile hand that knows how to compute a hash. */
const withOpenPolicy = ({ hash: _hash, ...plan }: KeyPlan): KeyPlan =>
  seal({ ...plan, steps: plan.steps.map((step) => ("policy" in step ? { ...step, policy: OPEN } : step)) })
const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }],
})

it.each<[string, () => string[], number, string]>([
  ["unconfirmed", () => ["p.json"], 64, "E_UNCONFIRMED"],
  ["with another environment", () => ["p.json", "-e", "prod", "--yes"], 64, "E_USAGE"],
  [
    "of no environment of dr.yaml",
    () => [edited(({ hash: _hash, ...p }) => seal({ ...p, env: "other" })), "--yes"],
    78,
    "E_PLAN_ENV",
  ],
  [
    "that has expired",
    () => [edited(({ hash: _hash, ...p }) => seal({ ...p, expiresAt: p.createdAt })), "--yes"],
    3,
    "E_PLAN_EXPIRED",
  ],
  ["that is not dr's own work", () => [edited(withOpenPolicy), "--yes"], 3, "E_PLAN_STALE"],
  ["edited", () => [edited((p) => ({ ...p, env: "other" })), "--yes"], 78, "E_PLAN_EDITED"],
  ["with a field more", () => [edited((p) => ({ ...p, command: "rm" })), "--yes"], 78, "E_PLAN"],
  ["of a later format", () => [edited((p) => ({ ...p, version: 2 })), "--yes"], 78, "E_PLAN"],
  [
    "that is too large",
    () => (
      truncateSync(
        join(
          demo.folder,
          edited((p) => p),
        ),
        40_000_000,
      ),
      ["edited.json", "--yes"]
    ),
    78,
    "E_PLAN",
  ],
  ["that is none", () => [edited(() => ({ kind: "Deployment" })), "--yes"], 78, "E_PLAN"],
])("refuses a plan %s, and nothing is done", async (_name, args, exit, code) => {
  const before = operations().length
  const refused = await keys(["apply", ...args(), ...PERSON, "--json"])
  expect([refused.exit, (JSON.parse(refused.stdout) as { error: { code: string } }).error.code]).toEqual([exit, code])
  expect(
    operations()
      .slice(before)
      .filter((each) => /^(Create|Put|Replicate|Enable|Tag)/.test(each)),
  ).toEqual([])
})

it("refuses a grant that nobody has", async () => {
  const { exit, stderr } = await planned("--revoke", "0c237476")
  expect([exit, stderr]).toEqual([64, expect.stringContaining("no key of demo")])
})

it("waits for no other apply", async () => {
  mkdirSync(join(demo.folder, ".dr", "locks"), { recursive: true })
  const release = await acquireLock(join(demo.folder, ".dr/locks/keys-demo.lock"), "dr-20261124T020000Z-0000")
  try {
    const { exit, stderr } = await keys(["apply", "p.json", ...PERSON, "--yes"], CODES)
    expect([exit, stderr]).toEqual([75, expect.stringContaining("dr-20261124T020000Z-0000")])
  } finally {
    await release()
  }
})

it("plans and applies in one go, and says that nothing was left", async () => {
  const { exit, stdout } = await keys(["apply", "-e", "demo", ...PERSON])
  expect([exit, stdout]).toEqual([0, expect.stringContaining("0 done, 0 already so")])
})
