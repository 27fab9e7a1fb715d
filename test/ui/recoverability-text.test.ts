import { describe, expect, it } from "vitest"
import type { AccountId } from "../../src/kernel/brands.ts"
import { INCIDENTS, type KeyRecoverability, type RecoveryClass } from "../../src/keys/status/recoverability.ts"
import { recoverabilityTable } from "../../src/ui/recoverability-text.ts"
import { textWidth } from "../../src/ui/width.ts"

const row = (key: string, side: KeyRecoverability["side"], classes: readonly RecoveryClass[]): KeyRecoverability => ({
  key,
  side,
  account: "111111111111" as AccountId,
  alias: `alias/${key}`,
  cells: INCIDENTS.map((incident, at) => ({
    incident,
    class: classes[at] ?? "minutes",
    reason: `because of ${incident}`,
    by: [],
    needs: [],
  })),
})

const rows = [
  row("logs", "workload", ["minutes", "instant", "from-copy", "cannot-happen", "support-case", "unrecoverable"]),
  row("logs", "recovery", []),
]

describe("the recoverability table", () => {
  it("shows every class in words, and the reasons of all that is worse than minutes, the worst first", () => {
    expect(recoverabilityTable(rows)).toMatchInlineSnapshot(`
      "KEY                 DISABLED DELETION DELETED    MATERIAL LOCK-OUT REGION  ACCOUNT
      logs                minutes  instant  from-copy? -        support  LOST    minutes
        its recovery key  minutes  minutes  minutes    minutes  minutes  minutes minutes
      LOST = unrecoverable · support = AWS Support case · from-copy = read elsewhere or copied again, ? =
      no drill has read the copies · ! = it is so now · - = cannot happen

      UNRECOVERABLE
        logs (workload key), region-lost: because of region-lost

      SUPPORT CASE
        logs (workload key), policy-lock-out: because of policy-lock-out

      FROM COPY
        logs (workload key), deleted: because of deleted"
    `)
  })
  it("takes no copy on faith: a drill must have read it, but a recovery key's are made again from the source", () => {
    const copied = [row("logs", "workload", ["from-copy"]), row("logs", "recovery", ["from-copy"])]
    expect(recoverabilityTable(copied)).toMatch(/^logs +from-copy\? .*\n {2}its recovery key +from-copy +minutes/m)
    const proof = { at: "2026-11-24T02:17:04.000Z", run: "dr-1", simulated: false }
    const read = copied.map((each) => ({ ...each, cells: each.cells.map((cell) => ({ ...cell, proof })) }))
    expect(recoverabilityTable(read)).toMatch(/^logs +from-copy +minutes/m)
  })
  it("marks what is so now, with its clock and what to do", () => {
    const now = rows.map((each) => ({
      ...each,
      cells: each.cells.map((cell) =>
        cell.incident === "pending-deletion" && each.side === "recovery"
          ? { ...cell, current: "PendingDeletion: deleted in 2 d", needs: ["kms:CancelKeyDeletion"] }
          : cell,
      ),
    }))
    const text = recoverabilityTable(now)
    expect(text).toMatch(/its recovery key\s+minutes\s+minutes!/)
    expect(text).toContain("IT IS SO NOW\n  logs (recovery key), pending-deletion: PendingDeletion: deleted in 2 d\n")
    expect(text).toContain("    needs kms:CancelKeyDeletion")
    expect(text.indexOf("IT IS SO NOW")).toBeLessThan(text.indexOf("UNRECOVERABLE"))
  })
  it.each([80, 100])("fits %i columns, however long the names and reasons", (width) => {
    const long = rows.map((each) => ({
      ...each,
      key: "a-name-of-sixty-three-letters-which-is-the-longest-that-there-can",
      cells: each.cells.map((cell) => ({ ...cell, reason: "many words and ".repeat(30) })),
    }))
    expect(
      recoverabilityTable(long, { width })
        .split("\n")
        .filter((line) => textWidth(line) > width),
    ).toEqual([])
  })
  it("lets no text of AWS or dr.yaml draw on the terminal", () => {
    const evil = [{ ...rows[0]!, key: "logs\u001b[2J\u202e" }]
    const shown = recoverabilityTable(evil)
    expect(["\u001b", "\u202e"].filter((char) => shown.includes(char))).toEqual([])
  })
})
