import { execFileSync } from "node:child_process"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach, describe, expect, it, vi } from "vitest"
import type { Inventory } from "../../src/access/inventory.ts"
import { loadEstate } from "../../src/estate/load.ts"
import { inventoryFrom, type InventoryContext, type InventoryFlags } from "../../src/runtime/inventory-source.ts"
import { tempFolder } from "../support/temp-folder.ts"
import { EXAMPLE_CONFIG } from "../../src/estate/example.ts"

const context: InventoryContext = {
  config: () => Promise.reject(new Error("dr.yaml was asked for")),
  deps: () => {
    throw new Error("AWS was asked for")
  },
}
const from = (flags: InventoryFlags): Promise<Inventory> => inventoryFrom(flags, context)
const refused = (code: string, exit: number, message: RegExp) => ({
  code,
  exit,
  message: expect.stringMatching(message) as string,
})

function file(content: unknown, name = "inventory.json"): string {
  const path = join(tempFolder(), name)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}

const KEY = "arn:aws:kms:eu-central-1:111111111111:key/1234"
const small = {
  source: "by hand",
  accounts: [{ id: "111111111111", scps: [], rcps: [] }],
  principals: [{ arn: "arn:aws:iam::111111111111:role/app", account: "111111111111", identity: [] }],
  keys: [{ arn: KEY, account: "111111111111", region: "eu-central-1", aliases: ["alias/a"], grants: [] }],
  buckets: [{ name: "a-bucket", account: "111111111111" }],
}

describe("where policies come from", () => {
  afterEach(() => void vi.unstubAllEnvs())

  it.each<[string, InventoryFlags]>([
    ["nothing", {}],
    ["two files", { inventory: "a.json", terraform: "b.json" }],
    ["a file and a folder", { inventory: "a.json", policies: "b" }],
    ["a file and an environment", { policies: "b", env: "prod" }],
    ["a file and AWS", { terraform: "b.json", live: true }],
    ["AWS without an environment", { live: true }],
  ])("is never guessed: %s", async (_what, flags) => {
    await expect(from(flags)).rejects.toMatchObject({
      ...refused("E_USAGE", 64, /exactly one source/),
      hints: [expect.stringContaining("--policies DIR") as string],
    })
  })

  it("lets DR_ENV of the shell stand beside a file", async () => {
    vi.stubEnv("DR_ENV", "prod")
    expect(await from({ inventory: file(small), env: "prod" })).toEqual(small)
  })

  it("takes the policies that dr.yaml stands for with -e alone", async () => {
    const config = { path: "dr.yaml", text: EXAMPLE_CONFIG, sha256: "0".repeat(64) }
    const [env = ""] = Object.keys(loadEstate(config).environments)
    const inventory = await inventoryFrom({ env }, { ...context, config: async () => config })
    expect(inventory.keys.length).toBeGreaterThan(0)
    await expect(inventoryFrom({ env: "nowhere" }, { ...context, config: async () => config })).rejects.toMatchObject(
      refused("E_ENV", 64, /nowhere/),
    )
  })
})

describe("--inventory", () => {
  it.each<[string, unknown, RegExp]>([
    ["a misspelt field", { ...small, bucket: [] }, /bucket: unknown field/],
    ["a missing list", { ...small, keys: undefined }, /keys: required/],
    [
      "an account id as a number",
      { ...small, accounts: [{ id: 111111111111, scps: [], rcps: [] }] },
      /accounts\[0\]\.id: .*12 digits/,
    ],
    ["a key that stands twice", { ...small, keys: [...small.keys, ...small.keys] }, /keys\[1\]\.arn: stands twice/],
    [
      "a key of two accounts",
      { ...small, keys: [{ ...small.keys[0], account: "222222222222" }] },
      /keys\[0\]\.arn: the ARN says 111111111111/,
    ],
    [
      "a policy that is a number",
      { ...small, buckets: [{ ...small.buckets[0], policy: { name: "p", document: 7 } }] },
      /buckets\[0\]\.policy\.document/,
    ],
    ["a gap of no known kind", { ...small, gaps: [{ subject: "x", what: "all", why: "" }] }, /gaps\[0\]\.what/],
    ["a time that is none", { ...small, takenAt: "yesterday" }, /takenAt: expected a time/],
    ["a list", [], /is no inventory/],
    ["null", null, /is no inventory/],
  ])("refuses %s and names the place", async (_what, content, message) => {
    const path = file(content)
    await expect(from({ inventory: path })).rejects.toMatchObject(refused("E_INVENTORY", 78, message))
    await expect(from({ inventory: path })).rejects.toThrow(path)
  })

  it("tells everything that is wrong, but not for ever", async () => {
    const many = Array.from({ length: 50 }, () => ({ id: "no", scps: [], rcps: [] }))
    const error = await from({ inventory: file({ ...small, accounts: many }) }).catch((thrown: unknown) => thrown)
    expect((error as Error).message.split("\n")).toHaveLength(22)
    expect((error as Error).message).toMatch(/and \d+ more$/)
  })

  it.each<[string, string, RegExp]>([
    ["half a file", '{"source": "x", "acc', /not JSON/],
    ["an empty file", "", /not JSON/],
    ["a name that stands twice", '{"source": "a", "source": "b"}', /"source" stands twice/],
    [
      "a name twice in a policy",
      JSON.stringify(small).replace('"grants":[]', '"grants":[],"grants":[]'),
      /"grants" stands twice in keys\.0/,
    ],
  ])("refuses %s", async (_what, content, message) => {
    await expect(from({ inventory: file(content) })).rejects.toMatchObject(refused("E_INPUT", 78, message))
  })

  it("refuses what is no file without waiting for it", async () => {
    const folder = tempFolder()
    execFileSync("mkfifo", [join(folder, "pipe")])
    symlinkSync("/dev/zero", join(folder, "device"))
    for (const name of ["pipe", "device", "."])
      await expect(from({ inventory: join(folder, name) })).rejects.toMatchObject(
        refused("E_INPUT", 78, /is a folder|not a regular file/),
      )
    await expect(from({ inventory: join(folder, "none") })).rejects.toMatchObject(refused("E_READ", 1, /none/))
  })

  it("shows no control characters of a hostile file", async () => {
    const hostile = { ...small, ["\u001b[2Jcleared"]: 1 }
    const error = await from({ inventory: file(hostile) }).catch((thrown: unknown) => thrown)
    expect((error as Error).message).toContain("\\u{1b}[2Jcleared")
  })
})

describe("--policies", () => {
  const policy = (sid: string) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: sid }] })
  const accounts = {
    organization: { id: "o-exampleorg1", managementAccount: "333333333333" },
    accounts: {
      "111111111111": {
        name: "prod",
        levels: ["root", "workloads"],
        keys: ["observability@eu-central-1"],
        roles: ["team/loki"],
        buckets: ["prod-loki"],
      },
      "222222222222": { name: "recovery", levels: ["root"], roles: ["dr-recovery"] },
    },
  }
  function folder(files: Readonly<Record<string, unknown>>): string {
    const path = tempFolder()
    for (const [name, content] of Object.entries({ "accounts.json": accounts, ...files })) {
      mkdirSync(dirname(join(path, name)), { recursive: true })
      writeFileSync(join(path, name), typeof content === "string" ? content : JSON.stringify(content))
    }
    return path
  }

  it("reads every kind of file", async () => {
    const path = folder({
      "README.md": "about it",
      ".gitignore": "x",
      "keys/observability@eu-central-1.json": policy("key"),
      "keys/team/archive@eu-west-1@222222222222.json": policy("archive"),
      "roles/loki/trust.json": policy("trust"),
      "roles/loki/identity-reads.json": policy("reads"),
      "roles/loki/identity-writes.json": policy("writes"),
      "roles/loki/boundary.json": policy("boundary"),
      "roles/dr-recovery/identity-all.json": policy("all"),
      "roles/dr-drill@111111111111/trust.json": policy("drill"),
      "buckets/prod-loki.json": policy("bucket"),
      "scps/root-full.json": policy("full"),
      "scps/root-a-second.json": policy("second"),
      "scps/workloads-no-deletion.json": policy("no-deletion"),
      "scps/222222222222-own.json": policy("own"),
      "rcps/workloads-perimeter.json": policy("perimeter"),
    })
    const named = (name: string, sid: string) => ({ name, document: policy(sid) })
    const role = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`
    const inventory = await from({ policies: path })
    expect(inventory).toEqual({
      source: `policies ${path}`,
      organization: accounts.organization,
      accounts: [
        {
          id: "111111111111",
          name: "prod",
          scps: [
            {
              target: "root",
              policies: [named("scps/root-a-second.json", "second"), named("scps/root-full.json", "full")],
            },
            { target: "workloads", policies: [named("scps/workloads-no-deletion.json", "no-deletion")] },
          ],
          rcps: [{ target: "workloads", policies: [named("rcps/workloads-perimeter.json", "perimeter")] }],
        },
        {
          id: "222222222222",
          name: "recovery",
          scps: [
            {
              target: "root",
              policies: [named("scps/root-a-second.json", "second"), named("scps/root-full.json", "full")],
            },
            { target: "222222222222", policies: [named("scps/222222222222-own.json", "own")] },
          ],
          rcps: [],
        },
      ],
      keys: [
        {
          arn: "arn:aws:kms:eu-central-1:111111111111:key/observability",
          account: "111111111111",
          region: "eu-central-1",
          aliases: ["alias/observability"],
          policy: named("keys/observability@eu-central-1.json", "key"),
          grants: [],
        },
        {
          arn: "arn:aws:kms:eu-west-1:222222222222:key/team/archive",
          account: "222222222222",
          region: "eu-west-1",
          aliases: ["alias/team/archive"],
          policy: named("keys/team/archive@eu-west-1@222222222222.json", "archive"),
          grants: [],
        },
      ],
      principals: [
        {
          arn: role("111111111111", "dr-drill"),
          account: "111111111111",
          identity: [],
          trust: named("roles/dr-drill@111111111111/trust.json", "drill"),
        },
        {
          arn: role("222222222222", "dr-recovery"),
          account: "222222222222",
          identity: [named("roles/dr-recovery/identity-all.json", "all")],
        },
        {
          arn: role("111111111111", "team/loki"),
          account: "111111111111",
          identity: [
            named("roles/loki/identity-reads.json", "reads"),
            named("roles/loki/identity-writes.json", "writes"),
          ],
          boundary: named("roles/loki/boundary.json", "boundary"),
          trust: named("roles/loki/trust.json", "trust"),
        },
      ],
      buckets: [{ name: "prod-loki", account: "111111111111", policy: named("buckets/prod-loki.json", "bucket") }],
      gaps: [
        { subject: role("222222222222", "dr-recovery"), what: "trust", why: "the folder has no trust.json for it" },
      ],
    })
  })

  it("needs no lists when there is one account", async () => {
    const one = { accounts: { "111111111111": {} } }
    const { keys } = await from({ policies: folder({ "accounts.json": one, "keys/a@eu-west-1.json": "{}" }) })
    expect(keys.map(({ arn }) => arn)).toEqual(["arn:aws:kms:eu-west-1:111111111111:key/a"])
  })

  it.each<[string, string, RegExp]>([
    ["a key without a Region", "keys/observability.json", /no account .* lists it|ALIAS@REGION/],
    ["a key in no Region", "keys/observability@moon@111111111111.json", /ALIAS@REGION/],
    ["a part of a role that is none", "roles/loki/policy.json", /identity-NAME\.json/],
    ["a kind that is none", "users/loki.json", /means nothing here/],
    ["something that is no JSON by name", "keys/observability@eu-central-1.yaml", /means nothing here/],
    ["an SCP at no level", "scps/nowhere-x.json", /begins with no level/],
    ["a bucket that nobody owns", "buckets/other.json", /no account of .* lists it/],
    ["a bucket of an account that is not there", "buckets/other@999999999999.json", /no account 999999999999/],
    ["a bucket name that is none", "buckets/A_B@111111111111.json", /is no bucket name/],
  ])("refuses %s, naming the file", async (_what, name, message) => {
    const path = folder({ [name]: "{}" })
    await expect(from({ policies: path })).rejects.toMatchObject(refused("E_INPUT", 78, message))
    await expect(from({ policies: path })).rejects.toThrow(join(path, name))
  })

  it.each<[string, unknown, RegExp]>([
    ["no account", { accounts: {} }, /name at least one account/],
    ["an account id that is none", { accounts: { prod: {} } }, /accounts\.prod: expected 12 digits/],
    ["a misspelt field", { accounts: { "111111111111": { role: [] } } }, /role/],
    ["text", "nonsense", /not JSON/],
  ])("refuses accounts.json with %s", async (_what, content, message) => {
    await expect(from({ policies: folder({ "accounts.json": content }) })).rejects.toMatchObject(
      refused("E_INPUT", 78, message),
    )
  })

  it("refuses a folder without accounts.json, and one that is not there", async () => {
    await expect(from({ policies: tempFolder() })).rejects.toMatchObject(
      refused("E_INPUT", 78, /accounts\.json is missing/),
    )
    await expect(from({ policies: join(tempFolder(), "none") })).rejects.toMatchObject(refused("E_READ", 1, /none/))
  })
})
