import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import DrHelp from "../../src/runtime/help.ts"
import { renderedHelp } from "../support/oclif-files.ts"
import { runDr } from "../support/run-dr.ts"
import { ROOT } from "../support/stripped-config.ts"

const OCLIF = { OCLIF_COLUMNS: "80" } // any value makes dr ask oclif

describe("the help pages that the build renders", () => {
  it("are what the help class says, all of them", async () => {
    const pages = readdirSync(`${ROOT}/dist/help`)
    expect(pages.length).toBeGreaterThan(35)
    for (const page of pages) {
      const words = page === "dr.txt" ? [] : page.replace(/\.txt$/, "").split(".")
      expect(readFileSync(`${ROOT}/dist/help/${page}`, "utf8"), page).toBe(await renderedHelp(DrHelp, ROOT, words))
    }
  })

  it.each(
    [["--help"], ["keys", "escrow", "--help"], ["drill", "run", "-h"], ["help", "rto", "check"], ["help"], []].map(
      (argv) => ({ argv }),
    ),
  )("$argv prints what oclif prints", async ({ argv }) => {
    const [page, rendered] = await Promise.all([runDr(argv), runDr(argv, { env: OCLIF })])
    expect(page).toEqual(rendered)
    expect(page.exit).toBe(0)
  })

  it("is not taken for more than a plain question", async () => {
    expect((await runDr(["drill", "nope", "--help"])).exit).toBe(64)
    expect((await runDr(["drill", "run", "..", "--help"])).stdout).toContain("USAGE")
    expect((await runDr(["help", "exit-codes"])).stdout).toContain("EXIT")
    expect((await runDr(["--json", "drill", "list", "--help"])).stdout).toContain("USAGE")
  })

  it("has colours only where they were asked for, not because some variable looks like a terminal", async () => {
    const plain = await runDr(["rto", "check", "--help"])
    for (const env of [
      { COLORTERM: "truecolor", CI: "1" },
      { ...OCLIF, COLORTERM: "truecolor", CI: "1" },
    ])
      expect(await runDr(["rto", "check", "--help"], { env })).toEqual(plain)
    const bold = await runDr(["rto", "check", "--help"], { env: { FORCE_COLOR: "1" } })
    expect(bold.stdout).toContain("\u001B[1mUSAGE")
  })

  it("outlives a reader that goes away, and tells when it cannot be written", async () => {
    const gone = await runDr(["drill", "run", "--help"], { during: (child) => child.stdout.destroy() })
    expect([gone.exit, gone.stderr]).toEqual([0, ""])
  })
})
