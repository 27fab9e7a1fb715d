import { readdirSync, readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { stringify } from "yaml"
import { demoConfig } from "../../src/demo/world.ts"
import { discoverConfig } from "../../src/estate/discover.ts"
import { EXAMPLE_CONFIG } from "../../src/estate/example.ts"
import { loadEstate, type ConfigIssue } from "../../src/estate/load.ts"
import { settingsOf } from "../../src/estate/settings.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import { DrError } from "../../src/kernel/errors.ts"

/** A case is the example file with one text replaced, and the lines that dr must then print. */
interface Case {
  replace: string
  by: string
  expect: string[]
}
const folder = new URL("../cases/estate/", import.meta.url)
const cases = readdirSync(folder).map(
  (file) => [file.replace(".json", ""), JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Case] as const,
)

function problems(text: string): string[] {
  try {
    loadEstate({ path: "dr.yaml", text })
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(DrError)
    expect((error as DrError).exit).toBe(78)
    return (error as DrError).message.split("\n").slice(1)
  }
}

describe("dr.yaml", () => {
  it.each(cases)("%s", (_name, { replace, by, expect: lines }) => {
    expect(EXAMPLE_CONFIG).toContain(replace)
    expect(problems(EXAMPLE_CONFIG.replace(replace, by))).toEqual(lines)
  })

  it("as written by config init and by the demo is valid", () => {
    expect(problems(EXAMPLE_CONFIG)).toEqual([])
    expect(problems(demoConfig("http://127.0.0.1:4599"))).toEqual([])
  })

  it("reports everything at once, in the order of the file, with places for programs", () => {
    const text = EXAMPLE_CONFIG.replace('"111111111111"', "111111111111")
      .replace("alias/observability-prod\n", "observability-prod\n")
      .replace("recoveryRegion: eu-west-1", "recoveryRegion: eu-central-1")
    const lines = problems(text)
    expect(lines).toHaveLength(3) // wrong shapes and wrong references together
    try {
      loadEstate({ path: "dr.yaml", text })
    } catch (error) {
      expect((error as DrError).details as ConfigIssue[]).toEqual([
        {
          path: "accounts.workload-prod.id",
          line: 12,
          column: 9,
          message: "expected string, received number (quote it)",
        },
        {
          path: "environments.prod.recoveryRegion",
          line: 33,
          column: 21,
          message: "the recovery Region equals the primary Region eu-central-1",
        },
        {
          path: "environments.prod.keys.observability.alias",
          line: 39,
          column: 16,
          message: "expected an alias that starts with alias/",
        },
      ])
    }
  })

  it.each<[string, string, RegExp]>([
    ["empty", "", /accounts: required/],
    ["a list", "- 1", /expected object/],
    ["broken YAML", "a: [1", /dr.yaml:1/],
    ["a key twice", "version: 1\nversion: 1", /unique/],
    ["an alias bomb", "a: &a [1]\nb: [*a, *a]", /aliases are not allowed/],
    ["a tag", "version: !!js/function x", /tags are not allowed|Unresolved tag/],
    ["NUL bytes", "\u0000\u0000", /not a text file/],
    ["nested a hundred levels", `a: ${"[".repeat(100)}${"]".repeat(100)}`, /unknown field "a"/],
    ["deep nesting", "[".repeat(5000), /./],
    ["a huge file", "#".repeat(1024 * 1024 + 1), /larger than/],
  ])("that is %s is refused with a place", (_what, text, message) => expect(problems(text).join("\n")).toMatch(message))

  it("never throws anything but a DrError, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.constantFrom("a: b", "version: 1\naccounts: {}", "? {a: b}: c", "- &x *x", "%YAML 9"),
        ),
        (text) => {
          problems(text)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe("whatever valid names, Regions and numbers stand in it", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
  const valid = fc.record({
    env: name,
    account: name,
    recovery: name,
    key: name,
    dataset: name,
    priority: fc.integer({ min: 1, max: 100 }),
  })
  it("is read as written", () => {
    fc.assert(
      fc.property(valid, (want) => {
        fc.pre(want.account !== want.recovery)
        const role = (id: string) => ({ id, roles: { drill: `arn:aws:iam::${id}:role/dr` } })
        const recovery = { alias: "alias/r", regions: ["eu-west-1"] }
        const text = stringify({
          version: 1,
          accounts: { [want.account]: role("000000000017"), [want.recovery]: role("222222222222") },
          environments: {
            [want.env]: {
              account: want.account,
              recoveryAccount: want.recovery,
              primaryRegion: "eu-central-1",
              recoveryRegion: "eu-west-1",
              scratch: { bucket: "scratch" },
              keys: { [want.key]: { alias: "alias/k", multiRegion: false, recovery } },
              datasets: {
                [want.dataset]: {
                  kind: "loki",
                  bucket: "from",
                  key: want.key,
                  recoveryBucket: "copies",
                  priority: want.priority,
                },
              },
            },
          },
        })
        const found = environmentOf(loadEstate({ path: "dr.yaml", text }), want.env)
        expect(found).toMatchObject({
          workload: { name: want.account, id: "000000000017" },
          recovery: { name: want.recovery },
        })
        expect(found.keys[0]).toMatchObject({ name: want.key, recovery })
        expect(found.datasets[0]).toMatchObject({ name: want.dataset, key: want.key, priority: want.priority })
      }),
    )
  })
})

describe("an environment", () => {
  const estate = loadEstate({ path: "dr.yaml", text: EXAMPLE_CONFIG })
  it("is resolved: accounts, objectives in milliseconds, datasets in the order of a restore", () => {
    const prod = environmentOf(estate, "prod")
    expect([prod.workload.id, prod.recovery.id, prod.simulated]).toEqual(["111111111111", "222222222222", false])
    expect(prod.objectives).toEqual({
      rtoKeyMs: 14_400_000,
      rtoDataMs: 14_400_000,
      rpoMs: 86_400_000,
      proofMaxAgeMs: 3_024_000_000,
    })
    expect(prod.datasets.map((dataset) => dataset.name)).toEqual(["tfstate", "loki", "mimir", "tempo"])
  })
  it("is simulated when it has an endpoint", () => {
    expect(
      environmentOf(loadEstate({ path: "dr.yaml", text: demoConfig("http://127.0.0.1:1") }), "demo").simulated,
    ).toBe(true)
  })
  it.each([undefined, "stage", "__proto__", "toString"])("named %j is refused with the names there are", (name) =>
    expect(() => environmentOf(estate, name)).toThrow(/prod/),
  )
})

describe("the settings in force", () => {
  it("name their line or say default, and hide external ids", () => {
    const settings = new Map(
      settingsOf({ path: "dr.yaml", text: EXAMPLE_CONFIG }, loadEstate({ path: "dr.yaml", text: EXAMPLE_CONFIG })).map(
        (setting) => [setting.path, setting],
      ),
    )
    expect(settings.get("environments.prod.primaryRegion")).toEqual({
      path: "environments.prod.primaryRegion",
      value: "eu-central-1",
      origin: "dr.yaml:32",
    })
    expect(settings.get("accounts.recovery.externalId")?.value).toBe("<redacted>")
    expect(settings.get("environments.prod.datasets.tfstate.hotSet")?.origin).toBe("default")
  })
})

describe("discovery", () => {
  const files = (there: Record<string, string>) => ({
    read: async (path: string) => there[path],
    exists: async (path: string) => path in there,
  })
  it("takes the first dr.yaml upward and stops at the git root", async () => {
    const found = await discoverConfig(files({ "/r/dr.yaml": "x", "/r/.git": "", "/dr.yaml": "y" }), { cwd: "/r/a/b" })
    expect(found).toMatchObject({
      path: "/r/dr.yaml",
      text: "x",
      sha256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    })
    await expect(discoverConfig(files({ "/r/.git": "", "/dr.yaml": "y" }), { cwd: "/r" })).rejects.toThrow(
      "no dr.yaml found; looked at /r/dr.yaml, /etc/dr/dr.yaml",
    )
  })
  it("takes what --config names, and nothing else", async () => {
    await expect(discoverConfig(files({ "/r/dr.yaml": "x" }), { cwd: "/r", config: "other.yaml" })).rejects.toThrow(
      "there is no file /r/other.yaml",
    )
  })
  it("falls back to the user's and then the machine's configuration", async () => {
    const there = files({ "/home/u/.config/dr/dr.yaml": "u", "/etc/dr/dr.yaml": "e" })
    expect((await discoverConfig(there, { cwd: "/w", home: "/home/u" })).text).toBe("u")
    expect((await discoverConfig(there, { cwd: "/w", home: "/nobody" })).text).toBe("e")
  })
})
