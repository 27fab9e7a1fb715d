import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { compilePolicy, type CompiledPolicy } from "../../src/access/compile.ts"
import type { Facts } from "../../src/access/context.ts"
import { evaluate } from "../../src/access/evaluate.ts"
import type { Grant } from "../../src/access/grants.ts"
import type { PolicyStack } from "../../src/access/request.ts"
import type { PolicyKind } from "../../src/access/statement.ts"

/**
 * One grant question. All are about one key of account 111111111111 whose policy, unless the row gives it one, says
 * nothing that concerns the caller; policies are lists of statements; `scps` and `rcps` have one list per level.
 */
interface Row {
  readonly id: string
  readonly title: string
  readonly expected: string
  readonly principal: string
  readonly action: string
  readonly grants: ReadonlyArray<Pick<Grant, "grantee" | "operations" | "constraints"> & { keyArn?: string }>
  readonly context: Facts
  readonly unknown?: readonly string[]
  readonly keyPolicy?: readonly object[]
  readonly identity?: readonly object[]
  readonly boundary?: readonly object[]
  readonly session?: readonly object[]
  readonly scps?: ReadonlyArray<readonly object[]>
  readonly rcps?: ReadonlyArray<readonly object[]>
}

const KEY = "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
const SILENT = [{ Effect: "Allow", Principal: { AWS: "333333333333" }, Action: "kms:Decrypt", Resource: "*" }]
const rows = JSON.parse(readFileSync(new URL("../cases/access-grants.json", import.meta.url), "utf8")) as Row[]

const policy = (statements: readonly object[], kind: PolicyKind): CompiledPolicy =>
  compilePolicy({ Version: "2012-10-17", Statement: statements }, kind)

function stackOf(row: Row): PolicyStack {
  const levels = (given: ReadonlyArray<readonly object[]> = [], kind: "scp" | "rcp") =>
    given.map((statements, at) => ({ target: `level ${at}`, policies: [policy(statements, kind)] }))
  return {
    identity: row.identity === undefined ? [] : [policy(row.identity, "identity")],
    resource: policy([...SILENT, ...(row.keyPolicy ?? [])], "key"),
    scps: levels(row.scps, "scp"),
    rcps: levels(row.rcps, "rcp"),
    ...(row.boundary === undefined ? {} : { boundary: [policy(row.boundary, "boundary")] }),
    ...(row.session === undefined ? {} : { session: [policy(row.session, "session")] }),
    grants: row.grants.map((grant, at) => ({ id: `grant-${at}`, keyArn: KEY, ...grant })),
  }
}

describe("grants", () => {
  it.each(rows.map((row) => [row.id, row.title, row.expected, row] as const))(
    "%s %s: %s",
    (_id, _title, expected, row) => {
      const { principal, action, context: facts, unknown = [] } = row
      const request = { principal, action, resource: KEY, resourceAccount: "111111111111", facts, unknown }
      const decision = evaluate(request, stackOf(row))
      expect(decision.verdict).toBe(expected)
      expect(decision.depends === undefined).toBe(expected !== "depends")
      expect(decision.decisive.length).toBeGreaterThan(0)
    },
  )
  it("decide by themselves only when nothing else allows", () => {
    const row = rows.find(({ id }) => id === "G09")
    if (row === undefined) throw new Error("no row G09")
    const request = { principal: row.principal, action: row.action, resource: KEY, resourceAccount: "111111111111" }
    const own = [{ Effect: "Allow", Principal: { AWS: row.principal }, Action: "kms:Decrypt", Resource: "*" }]
    expect(evaluate({ ...request, facts: {} }, stackOf(row)).layer).toBe("grant")
    expect(evaluate({ ...request, facts: {} }, stackOf({ ...row, keyPolicy: own })).layer).toBe("resource")
  })
})
