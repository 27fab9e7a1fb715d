import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Planted files, outside the repository so that a lint run beside this test never sees them. */
const planted: Record<string, string> = {
  "src/drill/clock.ts": `export const a = Date.now()\nexport const b = new Date()\nexport const c = performance.now()\nexport const ok = new Date(0)\n`,
  "src/runtime/clock.ts": `export const a = Date.now()\nexport const b = new Date()\n`,
  "src/sandbox/core/clock.ts": `export const a = performance.now()\n`,
  "src/sandbox/s3/clock.ts": `export const a = Date.now()\n`,
  "src/aws/error.ts": `export function f(): never {\n  throw new Error("bare")\n}\nexport function g(): never {\n  throw new TypeError("fine")\n}\n`,
  "src/kernel/error.ts": `export function f(): never {\n  throw new Error("kernel")\n}\n`,
  "src/drill/arn.ts":
    'export const a = "arn:aws:kms:x"\nexport const f = (id: string): string => `arn:aws:iam::${id}:root`\nexport const ok = "arn:"\n',
  "src/access/arn.ts": `export const a = "arn:aws:kms:x"\n`,
  "test/all.ts": `export const a = "arn:aws:kms:x"\nexport const b = Date.now()\nexport function f(): never {\n  throw new Error("x")\n}\n`,
  "src/drill/typed.ts": [
    `import { a } from "./types.ts"`,
    `export function f(x: "p" | "q", y: any): a {`,
    `  Promise.resolve(1)`,
    `  console.log(y)`,
    `  switch (x) {`,
    `    case "p":`,
    `      break`,
    `  }`,
    `  return 1`,
    `}`,
    ``,
  ].join("\n"),
  "src/drill/types.ts": `export type a = number\n`,
  "src/drill/one.ts": `import { two } from "./two.ts"\nexport const one = (): number => two()\n`,
  "src/drill/two.ts": `import { one } from "./one.ts"\nexport const two = (): number => one()\n`,
}

interface Diagnostic {
  readonly code?: string
  readonly filename?: string
  readonly labels?: ReadonlyArray<{ readonly span: { readonly line: number } }>
}

let folder: string
let found: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dr-lint-"))
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: { strict: true, module: "node20", allowImportingTsExtensions: true, noEmit: true },
    }),
  )
  for (const [path, text] of Object.entries(planted)) {
    const file = join(folder, "planted", path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  const output = await new Promise<string>((resolve) => {
    execFile(
      join(root, "node_modules/.bin/oxlint"),
      ["-c", join(root, ".oxlintrc.json"), "--type-aware", "--deny-warnings", "-f", "json", "planted"],
      { cwd: folder, maxBuffer: 1 << 24 },
      (_error, stdout, stderr) => resolve(stdout === "" ? stderr : stdout),
    )
  })
  const { diagnostics } = JSON.parse(output) as { diagnostics: Diagnostic[] }
  found = diagnostics.map(
    (one) => `${(one.filename ?? "").replace(/^.*planted\//, "")}:${one.labels?.[0]?.span.line ?? 0} ${one.code ?? ""}`,
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const of = (rule: string): string[] =>
  found
    .filter((line) => line.includes(`(${rule})`))
    .map((line) => line.split(" ")[0] ?? "")
    .toSorted()

describe("the house's lint rules", () => {
  it("no-ambient-clock: only in runtime, aws, the sandbox's core and tests", () => {
    expect(of("no-ambient-clock")).toEqual([
      "src/drill/clock.ts:1",
      "src/drill/clock.ts:2",
      "src/drill/clock.ts:3",
      "src/sandbox/s3/clock.ts:1",
    ])
  })
  it("no-bare-error: only in kernel and tests", () => expect(of("no-bare-error")).toEqual(["src/aws/error.ts:2"]))
  it("no-arn-literal: only in the ARN module and tests", () => {
    expect(of("no-arn-literal")).toEqual(["src/drill/arn.ts:1", "src/drill/arn.ts:2"])
  })
})

describe("the configured rules, type-aware ones included", () => {
  it.each([
    ["no-floating-promises", ["src/drill/typed.ts:3"]],
    ["no-explicit-any", ["src/drill/typed.ts:2"]],
    ["no-console", ["src/drill/typed.ts:4"]],
    ["switch-exhaustiveness-check", ["src/drill/typed.ts:5"]],
    ["consistent-type-imports", ["src/drill/typed.ts:1"]],
  ])("%s", (rule, places) => expect(of(rule)).toEqual(places))
  it("no-cycle", () => expect(of("no-cycle").length).toBeGreaterThan(0))
})
