import { execFileSync } from "node:child_process"
import { readFileSync, readdirSync, statSync } from "node:fs"
import { loadavg } from "node:os"
import { performance } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import { readCase } from "../../src/access/cases.ts"
import { evaluate } from "../../src/access/evaluate.ts"
import { CompiledInventory } from "../../src/access/inventory-stack.ts"
import type { Inventory, NamedPolicy } from "../../src/access/inventory.ts"
import { authorizerMicros } from "./authorizer.ts"
import { KEY_ACTIONS, accessMatrix } from "../../src/access/matrix.ts"
import { PolicyError } from "../../src/access/policy-error.ts"

const ROUNDS = 5
const out = (what: string, measured: string, bar: string): void =>
  void process.stdout.write(`${what.padEnd(34)} ${measured.padEnd(18)} (bar: ${bar})\n`)

/** The access engine: rates of the case table, matrices of made-up estates, start-up. The best of several rounds counts. */
export async function accessBench(): Promise<void> {
  process.stdout.write(`access: Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}, best of ${ROUNDS} rounds\n`)
  cases()
  matrix(12, KEY_ACTIONS, 6, 150)
  matrix(100, [...KEY_ACTIONS, "kms:GetPublicKey", "kms:ListGrants", "kms:RetireGrant"], 20, 4_000)
  out("decision in the sandbox", `${authorizerMicros().toFixed(0)} us`, "<= 100 us each")
  const entry = new URL("../../dist/src/access/evaluate.js", import.meta.url)
  out("import of the engine", `${importMs(entry).toFixed(1)} ms`, "<= 20 ms")
  out(
    "catalogue, its sources",
    `${(sizeOf(new URL("../../src/access/catalog/", import.meta.url)) / 1000).toFixed(0)} KB`,
    "<= 300 KB",
  )
  await Promise.resolve()
}

function cases(): void {
  const table = JSON.parse(readFileSync(new URL("../cases/access.json", import.meta.url), "utf8")) as object[]
  const read = (row: object) => readCase(row as Readonly<Record<string, unknown>>)
  const legal = table.filter((row) => isLegal(() => evaluateCase(read(row))))
  const compiled = legal.map(read)
  const rate = best(() => compiled.forEach(evaluateCase), compiled.length, 200)
  out("evaluations, policies compiled", `${Math.round(rate)}/s`, ">= 20,000/s")
  const fresh = best(() => legal.forEach((row) => evaluateCase(read(row))), legal.length, 5)
  out("rows compiled and evaluated", `${Math.round(fresh)}/s, ${(1e6 / fresh).toFixed(0)} us`, "none")
}

const evaluateCase = ({ request, stack }: ReturnType<typeof readCase>): unknown => evaluate(request, stack)

function isLegal(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (error instanceof PolicyError) return false
    throw error
  }
}

/** Pieces of work per second, in the best round. */
function best(work: () => void, pieces: number, repeats: number): number {
  let rate = 0
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    for (let at = 0; at < repeats; at++) work()
    rate = Math.max(rate, (pieces * repeats * 1000) / (performance.now() - started))
  }
  return rate
}

/** With compilation: an inventory is asked once. */
function matrix(principals: number, actions: readonly string[], keys: number, barMs: number): void {
  const inventory = madeUp(principals, keys)
  let least = Number.POSITIVE_INFINITY
  let cells = 0
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    cells = 0
    for (const row of accessMatrix(new CompiledInventory(inventory), { actions })) cells += row.verdicts.length
    least = Math.min(least, performance.now() - started)
  }
  const what = `matrix ${principals} x ${actions.length} x ${keys}`
  out(what, `${least.toFixed(0)} ms`, `<= ${barMs} ms for ${cells} cells`)
}

/** Two accounts, roles with two policies and every fourth with a boundary, keys with five statements, SCPs on two levels. */
function madeUp(principals: number, keys: number): Inventory {
  const account = (at: number): string => (at % 3 === 0 ? "222222222222" : "111111111111")
  const policy = (name: string, ...Statement: object[]): NamedPolicy => ({
    name,
    document: { Version: "2012-10-17", Statement },
  })
  const allow = (Action: unknown, more: object = {}) => ({ Effect: "Allow", Action, Resource: "*", ...more })
  const full = policy("FullAWSAccess", allow("*"))
  const guard = policy("guard", {
    Effect: "Deny",
    Action: ["kms:ScheduleKeyDeletion", "kms:DisableKey"],
    Resource: "*",
    Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/break-glass*" } },
  })
  const levels = [
    { target: "r-root", policies: [full] },
    { target: "ou-workload", policies: [full, guard] },
  ]
  const roleArn = (at: number): string => `arn:aws:iam::${account(at)}:role/role-${at}`
  return {
    source: "made up",
    organization: { id: "o-1234567890", managementAccount: "999999999999" },
    accounts: ["111111111111", "222222222222"].map((id) => ({ id, scps: levels, rcps: [] })),
    principals: Array.from({ length: principals }, (_, at) => ({
      arn: roleArn(at),
      account: account(at),
      identity: [
        policy(
          "use",
          allow(["kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"], { Resource: "arn:aws:kms:*:*:key/*" }),
        ),
        policy(
          "look",
          allow(["kms:Describe*", "kms:List*"], {
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } },
          }),
        ),
      ],
      ...(at % 4 === 0 ? { boundary: policy("boundary", allow(["kms:*", "s3:*"])) } : {}),
      tags: { team: at % 2 === 0 ? "loki" : "mimir" },
    })),
    buckets: [],
    keys: Array.from({ length: keys }, (_, at) => {
      const id = `mrk-${String(at).padStart(32, "0")}`
      const owner = account(at + 1)
      const through = { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } }
      const Principal = { AWS: [roleArn(at), roleArn(at + 1), roleArn(at + 2)] }
      return {
        arn: `arn:aws:kms:eu-west-1:${owner}:key/${id}`,
        account: owner,
        region: "eu-west-1",
        aliases: [`alias/key-${at}`],
        grants: [],
        policy: policy(
          "key policy",
          allow("kms:*", { Principal: { AWS: `arn:aws:iam::${owner}:root` } }),
          allow(["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"], {
            Principal,
            Condition: through,
          }),
          allow("kms:CreateGrant", { Principal, Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } }),
          allow(["kms:ReEncryptFrom", "kms:DescribeKey"], {
            Principal: "*",
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1234567890", "aws:PrincipalTag/team": "loki" } },
          }),
          {
            Effect: "Deny",
            Principal: "*",
            Action: "kms:PutKeyPolicy",
            Resource: "*",
            Condition: { Bool: { "kms:BypassPolicyLockoutSafetyCheck": "true" } },
          },
        ),
      }
    }),
  }
}

/** In a process of its own, as a command pays for it. */
function importMs(entry: URL): number {
  const script = `const at = performance.now(); await import(${JSON.stringify(entry.href)}); console.log(performance.now() - at)`
  const runs = Array.from({ length: ROUNDS }, () =>
    Number(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" })),
  )
  return Math.min(...runs)
}

function sizeOf(folder: URL): number {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
  return names
    .filter((name) => name.endsWith(".js"))
    .reduce((sum, name) => sum + statSync(fileURLToPath(new URL(name, folder))).size, 0)
}
