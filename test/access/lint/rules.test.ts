import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import type { Inventory } from "../../../src/access/inventory.ts"
import { lintInventory, lintPolicy, RULES, type Expectations, type Finding } from "../../../src/access/lint/index.ts"
import type { PolicyKind } from "../../../src/access/statement.ts"

/** A policy with what is known of it, or an inventory with what is expected of it. */
interface Row {
  readonly name: string
  readonly kind?: PolicyKind
  readonly facts?: Expectations
  readonly policy?: string | object
  readonly expectations?: Expectations
  readonly inventory?: Inventory
  /** Part of the message. */
  readonly says?: string
  readonly fix?: string
  readonly severity?: string
  readonly line?: number
}

interface Table {
  readonly rule: string
  readonly bad: readonly Row[]
  readonly good: readonly Row[]
  readonly notRun?: readonly Row[]
}

const folder = fileURLToPath(new URL("../../cases/lint", import.meta.url))
const tables = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Table)

function judged(rule: string, row: Row): { findings: readonly Finding[]; ran: number; skipped: number; both: number } {
  const judgements =
    row.inventory === undefined
      ? [lintPolicy(row.policy ?? {}, row.kind ?? "key", row.facts)]
      : lintInventory(row.inventory, row.expectations)
  const skips = ({ skipped }: (typeof judgements)[number]): boolean => skipped.some((each) => each.rule === rule)
  return {
    findings: judgements.flatMap(({ findings }) => findings.filter((finding) => finding.rule === rule)),
    ran: judgements.filter(({ ran }) => ran.includes(rule)).length,
    skipped: judgements.filter(skips).length,
    both: judgements.filter((judgement) => skips(judgement) && judgement.ran.includes(rule)).length,
  }
}

describe.each(tables)("$rule", ({ rule, bad, good, notRun = [] }) => {
  it.each(bad)("finds: $name", (row) => {
    const { findings } = judged(rule, row)
    const messages = findings.map(({ message }) => message).join("\n")
    expect(messages).toContain(row.says ?? "?")
    const finding = findings.find(({ message }) => message.includes(row.says ?? "?"))
    expect(finding?.fix).not.toBe("")
    if (row.fix !== undefined) expect(finding?.fix).toContain(row.fix)
    if (row.severity !== undefined) expect(finding?.severity).toBe(row.severity)
    if (row.line !== undefined) expect(finding?.line).toBe(row.line)
  })
  it.each(good)("accepts: $name", (row) => {
    const { findings, ran, skipped } = judged(rule, row)
    expect(findings.map(({ message }) => message)).toEqual([])
    expect({ ran: ran > 0, skipped }).toEqual({ ran: true, skipped: 0 })
  })
  it.each(notRun)("is not run, and says so: $name", (row) => {
    const { findings, skipped, both } = judged(rule, row)
    expect({ findings, skipped: skipped > 0, both }).toEqual({ findings: [], skipped: true, both: 0 })
  })
})

describe("the registry", () => {
  it("has every rule of the facts, once", () => {
    const range = (family: string, first: number, last: number): string[] =>
      Array.from({ length: last - first + 1 }, (_, at) => `${family}${first + at}`)
    const promised = [
      ...range("DRP", 1, 14).map((id) => `DRP${id.slice(3).padStart(3, "0")}`),
      ...range("DRK", 101, 124),
      ...range("DRK", 201, 205),
      ...range("DRI", 301, 304),
      ...range("DRT", 401, 405),
      ...range("DRS", 501, 503),
      ...range("DRO", 601, 604),
      ...range("DRG", 701, 704),
    ]
    expect(RULES.map(({ id }) => id)).toEqual(promised)
  })
  it("has a table with a bad and a good row for every rule", () => {
    const covered = tables.filter(({ bad, good }) => bad.length > 0 && good.length > 0).map(({ rule }) => rule)
    expect(covered.toSorted()).toEqual(RULES.map(({ id }) => id).toSorted())
  })
  it("has titles, and severities that are known", () => {
    for (const { id, title, severity, on } of RULES) {
      expect(title.length, id).toBeGreaterThan(5)
      expect(["error", "warning", "info"], id).toContain(severity)
      expect(on.length, id).toBeGreaterThan(0)
    }
  })
})
