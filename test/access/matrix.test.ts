import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { CompiledInventory } from "../../src/access/inventory-stack.ts"
import type { Inventory } from "../../src/access/inventory.ts"
import { accessMatrix, KEY_ACTIONS, matrixOf } from "../../src/access/matrix.ts"
import { actionsOf, matrixQuestion } from "../../src/access/matrix-question.ts"
import { matrixCsv, matrixMarkdown } from "../../src/report/policy-matrix.ts"
import { matrixText } from "../../src/ui/policy-matrix-text.ts"

const inventory = JSON.parse(
  readFileSync(new URL("../cases/inventories/observability.json", import.meta.url), "utf8"),
) as Inventory
const compiled = new CompiledInventory(inventory)
const PRIMARY = "arn:aws:kms:us-east-1:111111111111:key/mrk-11111111111111111111111111111111"
const RECOVERY = "arn:aws:kms:eu-west-1:222222222222:key/22222222-2222-2222-2222-222222222222"

/** As many principals and keys as wanted, each with a policy of its own to compile. */
function grown(principals: number, keys: number): Inventory {
  const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T
  return {
    ...inventory,
    principals: Array.from({ length: principals }, (_, index) => {
      const one = pick(inventory.principals, index)
      return { ...one, arn: `${one.arn}-${index}`, identity: structuredClone(one.identity) }
    }),
    keys: Array.from({ length: keys }, (_, index) => {
      const one = pick(inventory.keys, index)
      const arn = `${one.arn.slice(0, -3)}${String(100 + index)}`
      return { ...one, arn, policy: structuredClone(one.policy) as NonNullable<typeof one.policy> }
    }),
  }
}

describe("a matrix", () => {
  it("has a row for every principal and key, and a verdict for every action", () => {
    const rows = [...accessMatrix(compiled)]
    expect(rows).toHaveLength(7 * 3)
    expect(new Set(rows.map(({ verdicts }) => verdicts.length))).toEqual(new Set([KEY_ACTIONS.length]))
  })
  it.each([
    ["observability-loki-role", PRIMARY, "kms:Decrypt", "allowed"],
    ["observability-loki-role", PRIMARY, "kms:CreateGrant", "implicit-deny"],
    ["platform-admin", PRIMARY, "kms:DisableKey", "explicit-deny"],
    ["platform-admin", RECOVERY, "kms:Decrypt", "implicit-deny"],
    ["dr-recovery", PRIMARY, "kms:ReEncryptFrom", "allowed"],
    ["dr-recovery", PRIMARY, "kms:ReEncryptTo", "implicit-deny"],
  ])("%s on %s: %s %s", (name, key, action, verdict) => {
    const [row] = accessMatrix(compiled, {
      principals: inventory.principals.flatMap(({ arn }) => (arn.endsWith(`/${name}`) ? [arn] : [])),
      keys: [key],
      actions: [action],
    })
    expect(row?.verdicts).toEqual([verdict])
  })
  it("is streamed: the first row costs no other", () => {
    const [key] = inventory.keys
    const broken = {
      ...key,
      arn: RECOVERY.replace("22222222-", "33333333-"),
      policy: { name: "broken", document: "{" },
    }
    const rows = accessMatrix(new CompiledInventory({ ...inventory, keys: [...inventory.keys, broken] } as Inventory))
    expect(rows.next().value).toMatchObject({ key: PRIMARY })
    expect(() => [...rows]).toThrow(/broken: not JSON/)
  })

  it.each([
    [12, 17, 6, 150],
    [100, 20, 20, 4_000],
  ])(
    "of %i principals, %i actions and %i keys takes at most the time it may",
    { retry: 3 },
    (people, actions, keys, millis) => {
      const asked = [...KEY_ACTIONS, "kms:ListGrants", "kms:GetPublicKey", "kms:TagResource"].slice(0, actions)
      const from = performance.now()
      let cells = 0
      for (const { verdicts } of accessMatrix(new CompiledInventory(grown(people, keys)), { actions: asked }))
        cells += verdicts.length
      expect(cells).toBe(people * actions * keys)
      expect(performance.now() - from).toBeLessThan(millis)
    },
  )
})

describe("the question", () => {
  it("takes labels, aliases and patterns", () => {
    const question = matrixQuestion(compiled, {
      principal: ["break-glass"],
      key: ["alias/observability"],
      action: ["kms:*KeyPolicy"],
      with: ["aws:MultiFactorAuthPresent=true"],
    })
    expect(question.principals).toHaveLength(2)
    expect(question.keys).toHaveLength(2)
    expect(question.actions).toEqual(["kms:GetKeyPolicy", "kms:PutKeyPolicy"])
    expect(question.facts).toEqual({ "aws:MultiFactorAuthPresent": "true" })
  })
  it("refuses what means nothing", () => {
    expect(() => actionsOf("kms:Decrpt")).toThrow(/unknown action/)
    expect(() => actionsOf("kms:Nothing*")).toThrow(/no action is covered/)
    expect(() => matrixQuestion(compiled, { key: ["alias/observabilty"] })).toThrow(/no key/)
    expect(() => matrixQuestion(compiled, { with: ["kms:ViaServce=s3"] })).toThrow(/unknown condition key/)
  })
})

describe("its views", () => {
  const small = matrixOf(compiled, {
    principals: ["arn:aws:iam::111111111111:role/platform-admin"],
    keys: [PRIMARY],
    actions: ["kms:Encrypt", "kms:DisableKey"],
  })
  it("as CSV has a line for each cell", () =>
    expect(matrixCsv(small).split("\r\n")).toEqual([
      "principal,label,key,alias,region,action,verdict",
      `arn:aws:iam::111111111111:role/platform-admin,admin,${PRIMARY},alias/observability,us-east-1,kms:Encrypt,allowed`,
      `arn:aws:iam::111111111111:role/platform-admin,admin,${PRIMARY},alias/observability,us-east-1,kms:DisableKey,explicit-deny`,
    ]))
  it("as CSV runs no formula, moves no cursor and keeps its columns", () => {
    const hostile = {
      ...small,
      principals: [{ arn: small.principals[0]?.arn ?? "", label: '=HYPERLINK("x"),\u001b[2J' }],
    }
    const [, line = ""] = matrixCsv(hostile).split("\r\n")
    expect(line).toContain(`"'=HYPERLINK(""x""),\\u{1b}[2J"`)
  })
  it("as Markdown has a table for each key", () => {
    const text = matrixMarkdown(small)
    expect(text).toContain("## alias/observability (us-east-1)")
    expect(text).toContain("| kms:Encrypt | ✓ |\n| kms:DisableKey | ✕ |")
  })
  it("as text numbers the principals", () => {
    const text = matrixText(small)
    expect(text).toContain("1  arn:aws:iam::111111111111:role/platform-admin  admin")
    expect(text).toMatch(/kms:Encrypt +✓\nkms:DisableKey +✕/)
  })
})
