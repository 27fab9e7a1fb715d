import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { importsOf, problemsOf } from "./support/import-graph.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

function sources(): Map<string, string> {
  const paths = ["src", "commands"].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
      .map((path) => `${top}/${path.replaceAll("\\", "/")}`)
      .filter((path) => path.endsWith(".ts")),
  )
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]))
}

describe("the house plan", () => {
  const modules = sources()
  it("is kept by every import of src and commands", () => expect(problemsOf(modules)).toEqual([]))
  it("was held against every source file, and every line that begins like an import was understood", () => {
    const tracked = execFileSync("git", ["ls-files", "src/**.ts", "commands/**.ts"], {
      cwd: root,
      encoding: "utf8",
    }).split("\n")
    const expected = tracked.filter((path) => path !== "" && existsSync(join(root, path)))
    expect(expected.length).toBeGreaterThan(100)
    expect(expected.filter((path) => !modules.has(path))).toEqual([])
    for (const [path, text] of modules) {
      const begun = text.match(/^import\b/gm)?.length ?? 0
      expect(importsOf(path, text).length, path).toBeGreaterThanOrEqual(begun)
    }
  })
})

describe("the checker", () => {
  const judge = (files: Record<string, string>): string[] => problemsOf(new Map(Object.entries(files)))
  const kernel = { "src/kernel/a.ts": "export const a = 1" }
  const importing = (from: string, target: string, statement = `import { a } from "${target}"`) => ({
    [from]: statement,
  })

  it.each([
    ["static", `import { a } from "../drill/x.ts"`],
    ["over lines", `import {\n  a,\n} from "../drill/x.ts"`],
    ["default and named", `import x, { a } from "../drill/x.ts"`],
    ["for its effect", `import "../drill/x.ts"`],
    ["dynamic", `const x = await import("../drill/x.ts")`],
    ["export from", `export { a } from "../drill/x.ts"`],
    ["export all", `export * from "../drill/x.ts"`],
    ["export all as", `export * as x from "../drill/x.ts"`],
    ["type", `import type { A } from "../drill/x.ts"`],
    ["type of an import", `export type A = typeof import("../drill/x.ts")`],
  ])("sees an import that is %s", (_name, statement) => {
    expect(judge({ "src/kernel/y.ts": statement, "src/drill/x.ts": "" })).toEqual([
      "src/kernel/y.ts -> src/drill/x.ts: kernel may not import drill",
    ])
  })

  it.each([
    ["src/drill/x.ts", "../kernel/a.ts"],
    ["src/runtime/x.ts", "../kernel/a.ts"],
    ["src/sandbox/s3/x.ts", "../../kernel/a.ts"],
    ["commands/drill/x.ts", "../../src/kernel/a.ts"],
    ["src/main.ts", "./kernel/a.ts"],
  ])("lets %s import %s", (from, target) => expect(judge({ ...kernel, ...importing(from, target) })).toEqual([]))

  it.each([
    ["src/aws/x.ts", "src/drill/ports.ts", undefined],
    ["src/aws/x.ts", "src/demo/ports.ts", undefined],
    ["src/aws/x.ts", "src/drill/run.ts", "aws may not import drill"],
    ["src/drill/x.ts", "src/aws/x.ts", "drill may not import aws"],
    ["src/rto/x.ts", "src/estate/x.ts", "rto may not import estate"],
    ["src/schedule/x.ts", "src/estate/x.ts", undefined],
    ["src/schedule/x.ts", "src/rto/x.ts", "schedule may not import rto"],
    ["src/runtime/x.ts", "src/aws/x.ts", undefined],
    ["src/runtime/x.ts", "src/sandbox/x.ts", "only commands/sandbox may import the sandbox"],
    ["src/demo/x.ts", "src/sandbox/x.ts", "only commands/sandbox may import the sandbox"],
    ["commands/drill/x.ts", "src/sandbox/x.ts", "only commands/sandbox may import the sandbox"],
    ["commands/sandbox/x.ts", "src/sandbox/x.ts", undefined],
    ["commands/sandbox/x.ts", "src/demo/x.ts", undefined],
    ["commands/drill/x.ts", "src/demo/x.ts", "commands may not import demo"],
    ["commands/drill/x.ts", "src/aws/x.ts", "commands may not import aws"],
    ["src/sandbox/x.ts", "src/aws/x.ts", "sandbox may not import aws"],
    ["src/ui/x.ts", "src/rto/x.ts", "ui may import only types of rto"],
    ["src/main.ts", "src/drill/x.ts", "an entry may import only runtime and kernel"],
    ["src/runtime/x.ts", "commands/drill/x.ts", "commands are loaded by oclif, nobody imports them"],
  ])("%s -> %s: %s", (from, target, why) => {
    const up = "../".repeat(from.split("/").length - 1)
    expect(judge({ [target]: "", ...importing(from, `${up === "" ? "./" : up}${target}`) })).toEqual(
      why === undefined ? [] : [`${from} -> ${target}: ${why}`],
    )
  })

  it("lets views import types of results", () => {
    expect(
      judge({ "src/rto/x.ts": "", ...importing("src/ui/x.ts", "", `import type { A } from "../rto/x.ts"`) }),
    ).toEqual([])
  })
  it("keeps a command to one domain", () => {
    const text = `import { a } from "../../src/drill/x.ts"\nimport { b } from "../../src/rto/x.ts"\nimport { c } from "../../src/estate/x.ts"`
    expect(judge({ "src/drill/x.ts": "", "src/rto/x.ts": "", "src/estate/x.ts": "", "commands/x/y.ts": text })).toEqual(
      ["commands/x/y.ts: more than one domain: drill, rto"],
    )
  })
  it.each([
    ["src/drill/x.ts", "@aws-sdk/client-s3", "only src/aws may import the AWS SDK"],
    ["commands/x/y.ts", "@aws-sdk/client-s3", "only src/aws may import the AWS SDK"],
    ["src/aws/x.ts", "p-limit", "only src/kernel/concurrency.ts may import p-limit"],
  ])("%s may not import %s", (from, target, why) =>
    expect(judge(importing(from, target))).toEqual([`${from} -> ${target}: ${why}`]),
  )
  it("lets those import them who should", () => {
    expect(
      judge({
        ...importing("src/aws/x.ts", "@aws-sdk/client-s3"),
        ...importing("src/kernel/concurrency.ts", "p-limit"),
      }),
    ).toEqual([])
  })
  it("finds cycles of any length, and none made of types", () => {
    const a = importing("src/rto/a.ts", "./b.ts")
    const b = importing("src/rto/b.ts", "./c.ts")
    expect(judge({ ...a, ...b, ...importing("src/rto/c.ts", "./a.ts") })).toEqual([
      "cycle: src/rto/a.ts -> src/rto/b.ts -> src/rto/c.ts -> src/rto/a.ts",
    ])
    expect(judge({ ...a, ...b, ...importing("src/rto/c.ts", "", `import type { A } from "./a.ts"`) })).toEqual([])
    expect(judge(importing("src/rto/a.ts", "./a.ts"))).toEqual(["cycle: src/rto/a.ts -> src/rto/a.ts"])
  })
  it("refuses what it cannot follow", () => {
    expect(judge(importing("src/rto/a.ts", "./gone.ts"))).toEqual(["src/rto/a.ts -> src/rto/gone.ts: no such module"])
    expect(judge({ "src/rto/a.ts": "await import(name)" })).toEqual([
      "src/rto/a.ts: imports a computed name, which nobody can check",
    ])
    expect(judge({ "src/novel/a.ts": "" })).toEqual(["src/novel/a.ts: folder novel is not in the plan"])
  })
})
