import { describe, expect, it } from "vitest"
import { demoConfig } from "../../../src/demo/world.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf } from "../../../src/estate/topology.ts"
import { resolveWays } from "../../../src/restore/plan/resolve-ways.ts"
import type { Asked, Way } from "../../../src/restore/plan/way.ts"

const text = demoConfig("http://127.0.0.1:4599")
  .replace("bucket: demo-loki\n", "bucket: demo-loki\n        prefix: logs/\n        recoveryPrefix: kept/logs/\n")
  .replace(/(kind: loki[\s\S]*?)hotSet: all/, "$1hotSet: { newest: 24h }")
const environment = environmentOf(loadEstate({ path: "dr.yaml", text }), "demo")
const ask = (asked: Partial<Asked> & { from: string }): Way[] =>
  resolveWays(environment, { freshDataKeys: false, ...asked })
const workloadKey = "arn:aws:kms:eu-central-1:111111111111:alias/observability-demo"
const recoveryKey = "arn:aws:kms:eu-west-1:222222222222:alias/observability-demo-recovery"
const keyIn = (region: string, account: string) =>
  `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

const brief = ({ operation, source, destination, key, mode, actor }: Way): unknown[] => [
  operation,
  `${source.bucket}/${source.prefix}`,
  `${destination.bucket}/${destination.prefix}`,
  key,
  mode.kind,
  actor.id,
]

describe("what is meant by", () => {
  it.each<[string, Partial<Asked> & { from: string }, unknown[]]>([
    [
      "a dataset: its recovery copy",
      { from: "loki" },
      ["copy", "demo-loki/logs/", "demo-loki-recovery/kept/logs/", recoveryKey, "current", "222222222222"],
    ],
    [
      "a dataset to the workload: from its copy",
      { from: "loki", to: "workload" },
      ["copy", "demo-loki-recovery/kept/logs/", "demo-loki/logs/", workloadKey, "current", "111111111111"],
    ],
    [
      "a prefix of a dataset",
      { from: "s3://demo-loki/logs/acme/" },
      ["copy", "demo-loki/logs/acme/", "demo-loki-recovery/kept/logs/acme/", recoveryKey, "current", "222222222222"],
    ],
    [
      "a prefix of a copy",
      { from: "s3://demo-loki-recovery/kept/logs/a" },
      ["copy", "demo-loki-recovery/kept/logs/a", "demo-loki/logs/a", workloadKey, "current", "111111111111"],
    ],
    [
      "in place: every version",
      { from: "loki", to: "in-place", key: "alias/new" },
      [
        "rekey",
        "demo-loki/logs/",
        "demo-loki/logs/",
        "arn:aws:kms:eu-central-1:111111111111:alias/new",
        "all",
        "111111111111",
      ],
    ],
    [
      "the same place by its name",
      { from: "loki", to: "s3://demo-loki/logs/", key: "alias/new" },
      [
        "rekey",
        "demo-loki/logs/",
        "demo-loki/logs/",
        "arn:aws:kms:eu-central-1:111111111111:alias/new",
        "all",
        "111111111111",
      ],
    ],
    [
      "fresh data keys in place",
      { from: "loki", to: "in-place", key: "alias/new", freshDataKeys: true },
      [
        "copy",
        "demo-loki/logs/",
        "demo-loki/logs/",
        "arn:aws:kms:eu-central-1:111111111111:alias/new",
        "current",
        "111111111111",
      ],
    ],
    [
      "a copy of the copy, in place",
      { from: "s3://demo-loki-recovery/kept/logs/", to: "in-place", key: "alias/new" },
      [
        "rekey",
        "demo-loki-recovery/kept/logs/",
        "demo-loki-recovery/kept/logs/",
        "arn:aws:kms:eu-west-1:222222222222:alias/new",
        "all",
        "222222222222",
      ],
    ],
    [
      "another bucket, by a key of the recovery account",
      { from: "loki", to: "s3://clean-room/x/", key: keyIn("eu-west-1", "222222222222") },
      ["copy", "demo-loki/logs/", "clean-room/x/", keyIn("eu-west-1", "222222222222"), "current", "222222222222"],
    ],
    [
      "another bucket, by the workload's key",
      { from: "loki", to: "s3://clean-room/x/", key: "workload" },
      ["copy", "demo-loki/logs/", "clean-room/x/", workloadKey, "current", "111111111111"],
    ],
    [
      "as of a time",
      { from: "loki", mode: { kind: "as-of", at: 1 } },
      ["copy", "demo-loki/logs/", "demo-loki-recovery/kept/logs/", recoveryKey, "as-of", "222222222222"],
    ],
  ])("%s", (_name, asked, way) => {
    expect(ask(asked).map(brief)).toEqual([way])
  })

  it("all: by priority, each with its hot set", () => {
    expect(ask({ from: "all" }).map(({ name }) => name)).toEqual(["tfstate", "loki", "mimir", "tempo"])
    expect(ask({ from: "all" }).map(({ hotSet }) => hotSet)).toEqual(["all", { newest: 86_400_000 }, "all", "all"])
  })

  it("a part of a dataset: named for what it is", () => {
    expect(ask({ from: "s3://demo-loki/logs/acme/" })[0]?.name).toBe("s3://demo-loki/logs/acme/")
    expect(ask({ from: "s3://demo-loki/logs/" })[0]?.name).toBe("loki")
  })

  it("a copy onto itself: it replaces what it was made from", () => {
    expect(ask({ from: "loki", to: "in-place", key: "alias/new", freshDataKeys: true })[0]?.replacesItself).toBe(true)
    expect(ask({ from: "loki" })[0]?.replacesItself).toBe(false)
  })
})

describe("is refused, with what there is", () => {
  it.each<[string, Partial<Asked> & { from: string }, string, RegExp]>([
    ["a slip in the dataset", { from: "lokki" }, "E_NO_SOURCE", /--from loki/],
    ["a dataset from another estate", { from: "billing" }, "E_NO_SOURCE", /tfstate, loki, mimir, tempo/],
    ["a name that objects have by themselves", { from: "constructor" }, "E_NO_SOURCE", /no such dataset/],
    ["a slip in the bucket", { from: "s3://demo-lokki/" }, "E_NO_SOURCE", /s3:\/\/demo-loki\//],
    ["no bucket", { from: "s3://" }, "E_USAGE", /s3:\/\/BUCKET/],
    ["another scheme", { from: "http://demo-loki/x" }, "E_USAGE", /s3:\/\/BUCKET/],
    ["a slash too many", { from: "s3:///demo-loki/x" }, "E_USAGE", /s3:\/\/BUCKET/],
    ["a slash too few", { from: "s3:/demo-loki/x" }, "E_USAGE", /s3:\/\/BUCKET/],
    ["a slash too few, to go to", { from: "loki", to: "s3:/clean-room/x" }, "E_USAGE", /s3:\/\/BUCKET/],
    [
      "all into one prefix, where same names would meet",
      { from: "all", to: "s3://clean-room/x/", key: "workload" },
      "E_USAGE",
      /--from tfstate --to s3:\/\/clean-room\/x\/tfstate\//,
    ],
    ["capitals", { from: "s3://Demo-Loki/x" }, "E_USAGE", /s3:\/\/BUCKET/],
    ["control characters", { from: "s3://demo\u001b[2J/x" }, "E_USAGE", /\\u\{1b\}/],
    ["a slip in the destination", { from: "loki", to: "recover" }, "E_NO_DESTINATION", /--to recovery/],
    [
      "outside every dataset, to nowhere",
      { from: "s3://demo-loki/other/" },
      "E_NO_DESTINATION",
      /no dataset of dr.yaml covers/,
    ],
    [
      "to the side where it is",
      { from: "s3://demo-loki/logs/", to: "workload" },
      "E_NO_DESTINATION",
      /workload side of loki already/,
    ],
    ["a key without meaning", { from: "loki", key: "new" }, "E_NO_KEY", /--key new/],
    ["an ARN of something else", { from: "loki", key: "arn:aws:s3:::x" }, "E_NO_KEY", /expected recovery/],
    [
      "a key of another Region",
      { from: "loki", key: keyIn("us-east-1", "222222222222") },
      "E_NO_KEY",
      /only a key of its own Region/,
    ],
    [
      "a key of a stranger",
      { from: "loki", to: "s3://clean-room/", key: keyIn("eu-west-1", "999999999999") },
      "E_NO_KEY",
      /999999999999/,
    ],
    ["in place without a key", { from: "loki", to: "in-place" }, "E_NO_KEY", /needs the key/],
    [
      "in place under another account's key",
      { from: "loki", to: "in-place", key: keyIn("eu-central-1", "222222222222") },
      "E_USAGE",
      /bucket's account/,
    ],
    [
      "fresh copies of all versions in place",
      { from: "loki", to: "in-place", key: "alias/new", freshDataKeys: true, mode: { kind: "all" } },
      "E_USAGE",
      /--mode current/,
    ],
    [
      "into its own prefix",
      { from: "loki", to: "s3://demo-loki/logs/restored/", key: "workload" },
      "E_USAGE",
      /overlap/,
    ],
    ["around itself", { from: "s3://demo-loki/logs/", to: "s3://demo-loki/", key: "workload" }, "E_USAGE", /overlap/],
  ])("%s", (_name, asked, code, told) => {
    let thrown: { code?: string; message?: string; hints?: readonly string[]; exit?: number } = {}
    try {
      ask(asked)
    } catch (error) {
      thrown = error as typeof thrown
    }
    expect([thrown.code, thrown.exit]).toEqual([code, 64])
    expect([thrown.message, ...(thrown.hints ?? [])].join("\n")).toMatch(told)
  })
})
