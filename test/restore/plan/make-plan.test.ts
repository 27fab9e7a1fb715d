import { describe, expect, it } from "vitest"
import { demoConfig } from "../../../src/demo/world.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf } from "../../../src/estate/topology.ts"
import type { AccountId, BucketName, KeyArn } from "../../../src/kernel/brands.ts"
import { DrError } from "../../../src/kernel/errors.ts"
import type { BucketFacts } from "../../../src/restore/bucket-facts.ts"
import type { ManifestPage } from "../../../src/restore/objects.ts"
import { ROUTING } from "../../../src/restore/plan/classify.ts"
import { makePlan, type MadePlan, type PlanSettings } from "../../../src/restore/plan/make-plan.ts"
import type { LookedKey, PlanDeps, PlanPorts } from "../../../src/restore/plan/plan-ports.ts"
import { openRestorePlan } from "../../../src/restore/plan/plan-file.ts"
import { resolveWays } from "../../../src/restore/plan/resolve-ways.ts"
import type { Asked } from "../../../src/restore/plan/way.ts"
import { fakeClock } from "../../support/fake-clock.ts"
import { FakeDataPlane } from "../support/fake-data-plane.ts"
import { FakeS3 } from "../support/fake-s3.ts"

const text = demoConfig("http://127.0.0.1:4599").replace(
  /(kind: loki[\s\S]*?)hotSet: all/,
  "$1hotSet: { prefixes: [index/] }",
)
const environment = environmentOf(loadEstate({ path: "dr.yaml", text }), "demo")
const W = "111111111111" as AccountId
const R = "222222222222" as AccountId
const KEYS: Record<string, string> = { [W]: "Enabled", [R]: "Enabled" }

interface World {
  readonly s3: FakeS3
  readonly plane: FakeDataPlane
  readonly pages: Map<string, ManifestPage[]>
  readonly keyStates: Record<string, string>
  readonly facts: Partial<BucketFacts>
}

function world(more: Partial<World> = {}): World {
  const s3 = new FakeS3()
  s3.createBucket("demo-loki", { versioned: true })
  s3.createBucket("demo-loki-recovery", { owner: R, versioned: true })
  return { s3, plane: new FakeDataPlane(s3), pages: new Map(), keyStates: KEYS, facts: {}, ...more }
}

function portsOf({ s3, plane, keyStates, facts }: World, account: AccountId): PlanPorts {
  return {
    account,
    principal: "me",
    keys: (region) => ({
      describeKey: async (ref): Promise<LookedKey> => {
        const owner = ref.split(":")[4] ?? ""
        const state = keyStates[ref.includes("/key-of-aws") ? "aws" : owner]
        if (state === undefined) throw new DrError({ code: "E_AWS_NOT_FOUND", message: "none" })
        const arn = ref.includes(":key/") ? ref : `arn:aws:kms:${region}:${owner}:key/of-${owner}`
        return {
          arn: arn as KeyArn,
          account: owner as AccountId,
          state,
          ...(ref.includes("key-of-aws") ? { manager: "AWS" } : {}),
        }
      },
    }),
    buckets: () => ({
      look: async (bucket: BucketName, owner) => {
        if (!s3.buckets.has(bucket)) throw new DrError({ code: "E_AWS_NOT_FOUND", message: "none" })
        if (s3.bucket(bucket).owner !== owner) throw new DrError({ code: "E_AWS_ACCESS_DENIED", message: "403" })
        return { versioning: "enabled", ownerEnforced: true, abortsUploads: true, unread: [], ...facts }
      },
    }),
    plane: async () => plane,
  }
}

const settings: PlanSettings = {
  env: "demo",
  simulated: true,
  rtoDataMs: 4 * 3_600_000,
  validFor: 24 * 3_600_000,
  verify: "answer",
  storageClass: "keep",
  routing: ROUTING,
  engine: { maxInFlight: 1_024, partitions: 1, latencyMs: 100 },
  sample: { size: 299, seed: "s" },
  allowEmpty: false,
  probeKey: "dr-probe",
}

async function plan(given: World, asked: Partial<Asked> = {}, more: Partial<PlanSettings> = {}): Promise<MadePlan> {
  const deps: PlanDeps = {
    clock: { ...fakeClock(), sleep: async () => undefined },
    random: () => 0,
    signal: new AbortController().signal,
    progress: () => undefined,
    // One range, pages of three: versions of a key lie across them.
    list: (plane, { bucket, owner, prefix }, of) => {
      let after: { key: string; versionId?: string } | undefined = undefined
      let number = 0
      let over = false
      return {
        async next() {
          if (over) return undefined
          const request = { bucket, owner, prefix, limit: 3, ...(after === undefined ? {} : { after: after.key }) }
          const outcome =
            of === "objects"
              ? await plane.listPage(request)
              : await plane.listVersionsPage({
                  ...request,
                  ...(after?.versionId === undefined ? {} : { afterVersion: after.versionId }),
                })
          if (outcome.kind === "error") throw new Error(outcome.error.message)
          over = !outcome.value.truncated
          after = outcome.value.objects.at(-1)
          return outcome.value.objects.length === 0
            ? undefined
            : { page: number++, range: 0, objects: outcome.value.objects }
        },
      }
    },
  }
  const ways = resolveWays(environment, { from: "loki", freshDataKeys: false, ...asked })
  const staffed = ways.map((way) => ({ way, ports: portsOf(given, way.actor.id) }))
  return makePlan(deps, staffed, { ...settings, ...more }, (part) => {
    const pages: ManifestPage[] = []
    given.pages.set(part, pages)
    return {
      add: (page) => void pages.push(page),
      close: async () => ({ file: `plan.${given.pages.size}.manifest`, sha256: "00".repeat(32), pages: pages.length }),
    }
  })
}

const keysOf = ({ pages }: World, part: string): string[] =>
  (pages.get(part) ?? []).flatMap(({ objects }) =>
    objects.map(({ key, versionId }) => (versionId === undefined ? key : `${key}@${versionId}`)),
  )

const failure = async (made: Promise<MadePlan>): Promise<{ code?: string; exit?: number; message?: string }> =>
  made.then(
    () => ({}),
    (thrown: unknown) => thrown as DrError,
  )

describe("a plan", () => {
  it("has the hot set before the rest, every object once, and opens again", async () => {
    const given = world()
    for (let at = 0; at < 10; at++) given.s3.put("demo-loki", `chunks/${at}`)
    for (let at = 0; at < 4; at++) given.s3.put("demo-loki", `index/${at}`, { encryption: "AES256", keyArn: undefined })
    const { plan: made } = await plan(given)
    expect(made.parts.map(({ name, counts }) => [name, counts.objects, counts.inspected])).toEqual([
      ["loki (hot)", 4, 4],
      ["loki", 10, 10],
    ])
    expect(keysOf(given, "loki (hot)")).toEqual(["index/0", "index/1", "index/2", "index/3"])
    expect(keysOf(given, "loki")).toHaveLength(10)
    expect(made.estimate.requests["CopyObject"]).toBe(14)
    expect(made.estimate.kmsCalls).toBe(24)
    expect(openRestorePlan("p", JSON.parse(JSON.stringify(made)))).toEqual(made)
    expect(given.plane.countOf("CopyObject")).toBe(0)
  })

  it("takes all versions oldest first, the markers with them, a key's in one page and one part", async () => {
    const given = world()
    for (let at = 0; at < 5; at++) given.s3.put("demo-loki", "index/k")
    given.s3.putMarker("demo-loki", "index/k")
    given.s3.put("demo-loki", "chunks/k")
    await plan(given, { mode: { kind: "all" } })
    const [page] = given.pages.get("loki (hot)") ?? []
    expect(page?.objects.map(({ deleteMarker }) => deleteMarker === true)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ])
    expect(page?.objects.map(({ modifiedAt }) => modifiedAt)).toEqual(
      page?.objects.map(({ modifiedAt }) => modifiedAt).toSorted((a, b) => a - b),
    )
    expect(keysOf(given, "loki")).toHaveLength(1)
  })

  it("names what a listing and what a HEAD refuse", async () => {
    const given = world()
    given.s3.put("demo-loki", "chunks/cold", { storageClass: "DEEP_ARCHIVE", archived: true })
    given.s3.put("demo-loki", "chunks/theirs", { customerKey: true })
    given.s3.put("demo-loki", "chunks/aws", { keyArn: "arn:aws:kms:eu-central-1:111111111111:key/key-of-aws" })
    given.s3.put("demo-loki", "chunks/good")
    const { plan: made } = await plan({ ...given, keyStates: { ...KEYS, aws: "Enabled" } })
    const refused = made.parts.flatMap((part) =>
      part.refused.map(({ why, examples, estimated }) => [why, examples, estimated]),
    )
    expect(refused.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([
      ["AWS_MANAGED_KEY", ["chunks/aws"], false],
      ["NEEDS_CUSTOMER_KEY", ["chunks/theirs"], false],
      ["NEEDS_THAW", ["chunks/cold"], false],
    ])
  })

  it("re-keys every version in place, and asks first whether S3 knows how", async () => {
    const given = world()
    given.s3.put("demo-loki", "chunks/k")
    given.s3.put("demo-loki", "chunks/k")
    given.s3.putMarker("demo-loki", "chunks/k")
    const { plan: made } = await plan(given, { to: "in-place", key: "alias/new" })
    expect(made.parts[0]).toMatchObject({
      operation: "rekey",
      mode: { kind: "all" },
      counts: { objects: 2, deleteMarkers: 0 },
    })
    expect(given.plane.countOf("UpdateObjectEncryption")).toBe(1)
  })

  it("lets a copy onto itself replace exactly what it was made from", async () => {
    const given = world()
    const { etag } = given.s3.put("demo-loki", "chunks/k")
    await plan(given, { to: "in-place", key: "alias/new", freshDataKeys: true })
    expect(given.pages.get("loki")?.[0]?.objects[0]).toMatchObject({ etag, replaces: etag })
  })
})

describe("no plan is made", () => {
  const one = (more: Partial<World> = {}): World => {
    const given = world(more)
    given.s3.put("demo-loki", "chunks/k")
    return given
  }
  it.each<[string, () => World, Partial<Asked>, string, number, RegExp]>([
    ["of nothing", world, {}, "E_NOTHING_TO_RESTORE", 1, /demo-loki/],
    [
      "through a disabled key",
      () => one({ keyStates: { ...KEYS, [W]: "Disabled" } }),
      {},
      "E_RESTORE_BLOCKED",
      3,
      /Disabled/,
    ],
    [
      "under a key that is to be deleted",
      () => one({ keyStates: { ...KEYS, [R]: "PendingDeletion" } }),
      {},
      "E_RESTORE_BLOCKED",
      3,
      /PendingDeletion/,
    ],
    ["under no key", () => one({ keyStates: { [W]: "Enabled" } }), {}, "E_RESTORE_BLOCKED", 78, /no key/],
    [
      "to nowhere",
      () => one(),
      { to: "s3://not-there/", key: "recovery" },
      "E_RESTORE_BLOCKED",
      78,
      /not-there does not exist/,
    ],
    [
      "of all versions where none are kept",
      () => one({ facts: { versioning: "never" } }),
      { mode: { kind: "all" } },
      "E_RESTORE_BLOCKED",
      3,
      /keeps no versions/,
    ],
    [
      "as of a time where no versions are kept",
      () => one({ facts: { versioning: "never" } }),
      { mode: { kind: "as-of", at: 5 } },
      "E_RESTORE_BLOCKED",
      3,
      /not known/,
    ],
    [
      "over its own source without versions",
      () => one({ facts: { versioning: "suspended" } }),
      { to: "in-place", key: "alias/new", freshDataKeys: true },
      "E_RESTORE_BLOCKED",
      3,
      /keeps versions/,
    ],
  ])("%s", async (_name, given, asked, code, exit, told) => {
    const thrown = await failure(plan(given(), asked))
    expect([thrown.code, thrown.exit]).toEqual([code, exit])
    expect(thrown.message).toMatch(told)
  })

  it("of a stranger's bucket, even when everything else is right", async () => {
    const given = world()
    given.s3.createBucket("demo-loki", { owner: "999999999999" as AccountId })
    expect(await failure(plan(given))).toMatchObject({
      exit: 77,
      message: expect.stringContaining("does not belong to account 111111111111") as string,
    })
  })

  it("of nothing is made when it is said to be right", async () => {
    const { plan: made } = await plan(world(), {}, { allowEmpty: true })
    expect(made.parts.map(({ counts }) => counts.objects)).toEqual([0])
  })
})
