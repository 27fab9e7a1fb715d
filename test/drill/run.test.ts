import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { eventStream, type DrEvent } from "../../src/kernel/events.ts"
import type { BucketName, RoleArn } from "../../src/kernel/brands.ts"
import { DrError } from "../../src/kernel/errors.ts"
import { runDrill, type DrillOutcome } from "../../src/drill/run.ts"
import type { DrillScope } from "../../src/drill/scope.ts"
import { FakeAws, P, PRIMARY_KEY, R, RECOVERY, RECOVERY_KEY, WORKLOAD } from "./fake-aws.ts"

const RUN = "dr-20261116T020004Z-7f3a"
const WORKLOAD_ROLE = "arn:aws:iam::111111111111:role/dr-drill" as RoleArn
const RECOVERY_ROLE = "arn:aws:iam::222222222222:role/dr-recovery" as RoleArn
const canary = (body: string): string => `canary/${createHash("sha256").update(body).digest("hex")}`

function scope(loss = false): DrillScope {
  return {
    env: "prod",
    definition: {
      apiVersion: "dr/v1",
      kind: "Drill",
      name: loss ? "primary-key-disabled" : "loki-sample",
      title: "t",
      hypothesis: "h",
      datasets: ["loki"],
      sample: { size: 6, from: loss ? ["recovery-copy"] : ["recovery-copy", "source"] },
      rewrapDataKeys: loss ? 0 : 2,
      expect: { source: loss ? "unreadable" : "readable" },
    },
    workload: { account: WORKLOAD, role: WORKLOAD_ROLE },
    recovery: { account: RECOVERY, role: RECOVERY_ROLE, externalId: "x" },
    primaryRegion: P,
    recoveryRegion: R,
    scratch: { bucket: "scratch" as BucketName, prefix: "dr-drill/" },
    datasets: [
      {
        name: "loki",
        kind: "loki",
        key: "data",
        bucket: "source" as BucketName,
        prefix: "",
        recoveryBucket: "copy" as BucketName,
        recoveryPrefix: "",
        canaryPrefix: "canary/",
      },
    ],
    keys: [
      {
        name: "data",
        alias: "alias/data",
        replicas: [R],
        rotationDays: 365,
        recoveryAlias: "alias/recovery",
        recoveryRegions: [R, P],
      },
    ],
    sampleSize: 6,
    seed: "s",
  }
}

function world(): FakeAws {
  const aws = new FakeAws()
  for (let index = 0; index < 20; index++) {
    aws.put("source", `acme/${index}`, `body ${index}`, PRIMARY_KEY)
    aws.put("copy", `acme/${index}`, `body ${index}`, RECOVERY_KEY, 1)
  }
  aws.put("source", canary("c"), "c", PRIMARY_KEY)
  aws.put("copy", canary("c"), "c", RECOVERY_KEY, 1)
  return aws
}

async function drill(
  aws: FakeAws,
  abort = new AbortController(),
  of = scope(),
): Promise<{ result: DrillOutcome; events: DrEvent[] }> {
  let mono = 0
  const clock = { now: () => Date.UTC(2026, 10, 16), mono: () => mono++, sleep: async () => undefined }
  const stream = eventStream(RUN, clock)
  const events: DrEvent[] = []
  stream.subscribe((event) => events.push(event))
  const result = await runDrill(of, { aws, clock, emit: stream.emit, signal: abort.signal, run: RUN })
  return { result, events }
}
const of = <T extends DrEvent["type"]>(events: DrEvent[], type: T) =>
  events.filter((event): event is Extract<DrEvent, { type: T }> => event.type === type)

describe("a drill", () => {
  it("passes when every copy reads back and nothing is left", async () => {
    const aws = world()
    const { result, events } = await drill(aws)
    expect(result).toEqual({ drill: "loki-sample", outcome: "passed", unknown: 0, reasons: [] })
    expect(of(events, "phase.finished").map((event) => [event.data.phase, event.data.result])).toEqual([
      ["preflight", "ok"],
      ["steady-state", "ok"],
      ["method", "ok"],
      ["verify", "ok"],
      ["clean-up", "ok"],
    ])
    expect(of(events, "object.verified")).toHaveLength(14) // 6 of each side and a canary of each side
    expect(of(events, "datakey.rewrapped")).toHaveLength(2)
    expect(of(events, "cleanup.finished")[0]?.data).toEqual({ drill: "loki-sample", deleted: 14, left: 0 })
    expect(aws.bucket("source").size).toBe(21)
    expect(aws.bucket("scratch").size).toBe(0)
  })

  it("assumes roles with source identity, tags and external id, and the reader with the source denied", async () => {
    const aws = world()
    await drill(aws)
    expect(aws.assumed.map((request) => [request.role, request.externalId, request.sourceIdentity])).toEqual([
      [WORKLOAD_ROLE, undefined, "dr"],
      [RECOVERY_ROLE, "x", "dr"],
      [RECOVERY_ROLE, "x", "dr"],
    ])
    const denied = JSON.parse(aws.assumed[2]?.sessionPolicy ?? "") as {
      Statement: Array<{ Effect: string; Resource: string | string[] }>
    }
    expect(denied.Statement.filter((s) => s.Effect === "Deny").flatMap((s) => s.Resource)).toEqual(
      expect.arrayContaining([PRIMARY_KEY, "arn:aws:s3:::source", "arn:aws:s3:::source/*", "*"]),
    )
  })

  it("proves the loss when the source refuses the reader, though the primary key is disabled", async () => {
    const aws = world()
    aws.states.set(PRIMARY_KEY, "Disabled")
    const { result } = await drill(aws, undefined, scope(true))
    expect(result).toMatchObject({ outcome: "passed", reasons: [] })
  })

  it.each<[string, (aws: FakeAws) => void, RegExp]>([
    ["the recovery role refuses us", (aws) => (aws.refuseRole = RECOVERY_ROLE), /role\/dr-recovery/],
    [
      "a role lands in another account",
      (aws) => (aws.landIn = "999999999999" as typeof WORKLOAD),
      /999999999999, dr.yaml says 111111111111; nothing was written/,
    ],
    [
      "the recovery key is disabled",
      (aws) => aws.states.set(RECOVERY_KEY, "Disabled"),
      /mrk-b.*expected Enabled, observed Disabled/,
    ],
    ["the dataset is empty", (aws) => aws.bucket("copy").clear(), /objects to sample in s3:\/\/copy\//],
    [
      "a copy fails",
      (aws) =>
        (aws.beforeCopy = (key) => {
          if (key === canary("c")) throw new DrError({ code: "E_COPY_INVALID", message: "error inside 200" })
        }),
      /copy of s3:\/\/copy\/canary\/.*error inside 200/,
    ],
    [
      "a copy holds other bytes",
      (aws) => (aws.afterCopy = (stored) => (stored.body = Buffer.from("body X"))),
      /SHA-256 is/,
    ],
    [
      "a copy lost a tag",
      (aws) => (aws.afterCopy = (stored) => (stored.tags = {})),
      /tags is \{\}, expected \{"team":"platform"\}/,
    ],
    [
      "a copy is under another key",
      (aws) => (aws.afterCopy = (stored) => (stored.keyArn = PRIMARY_KEY)),
      /key is .*mrk-a, expected .*mrk-b/,
    ],
    [
      "a recovery copy differs from its source",
      (aws) => aws.put("copy", canary("c"), "d", RECOVERY_KEY, 1),
      /canary SHA-256 is/,
    ],
    [
      "clean-up leaves something",
      (aws) => (aws.purges = false),
      /objects left under s3:\/\/scratch\/dr-drill\/.*expected 0, observed 14/,
    ],
  ])("fails and says why when %s", async (_what, spoil, why) => {
    const aws = world()
    spoil(aws)
    const { result, events } = await drill(aws)
    expect(result.outcome).toBe("failed")
    expect(result.reasons.join("\n")).toMatch(why)
    expect(of(events, "drill.finished")[0]?.data.reason).toBe(result.reasons[0])
  })

  it("fails a loss drill whose source still reads", async () => {
    const aws = world()
    const open = { ...scope(true) }
    const plain = aws.assumeRole.bind(aws)
    aws.assumeRole = async (request) => {
      const { sessionPolicy: _unenforced, ...rest } = request
      return plain(rest)
    }
    const { result } = await drill(aws, undefined, open)
    expect(result.reasons.join()).toMatch(/the loss is not simulated here/)
  })

  it("cleans up after an interruption in the method phase", async () => {
    const aws = world()
    const abort = new AbortController()
    let copies = 0
    aws.beforeCopy = () => void (++copies === 3 && abort.abort(new Error("SIGINT")))
    const { result, events } = await drill(aws, abort)
    expect(result.outcome).toBe("interrupted")
    expect(of(events, "cleanup.finished")[0]?.data.left).toBe(0)
    expect(aws.bucket("scratch").size).toBe(0)
  })

  it("counts what cannot be told as unknown, never as passed", async () => {
    const aws = world()
    aws.beforeCopy = (key) => {
      if (key === canary("c")) throw new DrError({ code: "E_AWS_UNREACHABLE", message: "timed out" })
    }
    const { result } = await drill(aws)
    expect(result).toMatchObject({ outcome: "failed", unknown: 2 })
    expect(result.reasons[0]).toMatch(/cannot be told: .*timed out/)
  })
})
