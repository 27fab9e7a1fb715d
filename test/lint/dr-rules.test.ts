import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Where a line stands decides whether it is allowed: each row is one file of a planted tree. */
const PLANTED: ReadonlyArray<readonly [path: string, code: string, finding: string | undefined]> = [
  ["src/rto/now.ts", "export const at = Date.now()", "dr(no-ambient-clock)"],
  ["src/rto/reference.ts", "export const clock = Date.now", "dr(no-ambient-clock)"],
  ["src/rto/today.ts", "export const at = new Date()", "dr(no-ambient-clock)"],
  ["src/rto/mono.ts", "export const at = performance.now()", "dr(no-ambient-clock)"],
  ["src/rto/hrtime.ts", "export const at = process.hrtime.bigint()", "dr(no-ambient-clock)"],
  ["commands/now.ts", "export const at = Date.now()", "dr(no-ambient-clock)"],
  ["src/sandbox/s3/now.ts", "export const at = Date.now()", "dr(no-ambient-clock)"],
  ["src/rto/given.ts", "export const at = (ms: number): Date => new Date(ms)", undefined],
  ["src/runtime/clock.ts", "export const at = Date.now()", undefined],
  ["src/aws/clock.ts", "export const at = Date.now()", undefined],
  ["src/sandbox/core/virtual-clock.ts", "export const at = Date.now()", undefined],
  ["test/clock.ts", "export const at = Date.now()", undefined],
  ["src/keys/error.ts", 'export function plan(): never {\n  throw new Error("no")\n}', "dr(no-bare-error)"],
  ["src/keys/called.ts", 'export function plan(): never {\n  throw Error("no")\n}', "dr(no-bare-error)"],
  ["src/kernel/error.ts", 'export function bug(): never {\n  throw new Error("no")\n}', undefined],
  ["test/error.ts", 'export function bug(): never {\n  throw new Error("no")\n}', undefined],
  ["src/keys/arn.ts", 'export const role = "arn:aws:iam::111122223333:role/dr"', "dr(no-arn-literal)"],
  [
    "src/keys/template.ts",
    "export const role = (id: string): string => `arn:aws-cn:iam::${id}:role/dr`",
    "dr(no-arn-literal)",
  ],
  ["src/access/arn.ts", 'export const role = "arn:aws:iam::111122223333:role/dr"', undefined],
  ["test/arn.ts", 'export const role = "arn:aws:iam::111122223333:role/dr"', undefined],
  ["src/drill/env.ts", 'export const home = process.env["HOME"]', "dr(no-ambient-env)"],
  ["src/drill/env-dot.ts", "export const all = { ...process.env }", "dr(no-ambient-env)"],
  ["src/runtime/env.ts", 'export const home = process.env["HOME"]', undefined],
  ["src/main.ts", 'export const home = process.env["HOME"]', undefined],
]

describe("the house's lint rules, on a planted tree under the real configuration", () => {
  let folder = ""
  const found = new Map<string, string[]>()

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dr-lint-"))
    const config = readFileSync(join(root, ".oxlintrc.json"), "utf8").replace(
      "./test/lint/dr-rules.js",
      join(root, "test/lint/dr-rules.js"),
    )
    writeFileSync(join(folder, ".oxlintrc.json"), config)
    for (const [path, code] of PLANTED) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), `${code}\n`)
    }
    const oxlint = join(root, "node_modules/oxlint/bin/oxlint")
    const run = spawnSync(process.execPath, [oxlint, "-f", "json", "src", "commands", "test"], {
      cwd: folder,
      encoding: "utf8",
    })
    const { diagnostics } = JSON.parse(run.stdout) as { diagnostics: Array<{ code: string; filename: string }> }
    for (const { filename, code } of diagnostics) found.set(filename, [...(found.get(filename) ?? []), code])
    expect(run.status).toBe(1)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(PLANTED)("%s: %s", (path, _code, finding) => {
    expect(found.get(path) ?? []).toEqual(finding === undefined ? [] : [finding])
  })
})
