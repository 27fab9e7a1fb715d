import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  CreateGrantCommand,
  DisableKeyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { rehearsalPort } from "../../../src/aws/rehearsal-port.ts"
import { createKeys, type DemoKeys } from "../../../src/demo/set-up.ts"
import { ACCOUNTS, ALIAS, demoConfig, demoSandbox, PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import type { EnvironmentKeys, KeyStatus } from "../../../src/keys/status/key-status.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { envelopeSchema } from "../../support/envelope-schema.ts"
import { runDr } from "../../support/run-dr.ts"
import {
  CENTRAL,
  inRegion,
  keyConfig,
  keySandbox,
  kmsIn,
  makeKey,
  NORTH,
  operatorOf,
  rootPolicy,
  WEST,
} from "./key-world.ts"

/** The built `dr keys status` against the demo's estate, whose keys have the rendered policies. */
let sandbox: Sandbox
let keys: DemoKeys
let folder: string

const administrator = (account: string) =>
  rehearsalPort(
    { clock: systemClock, emit: () => undefined, signal: new AbortController().signal },
    sandbox.endpoint,
    account,
    sandbox.credentialsFor(account),
  )

beforeAll(async () => {
  sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
  const [workload, recovery] = [administrator(ACCOUNTS.workload.id), administrator(ACCOUNTS.recovery.id)]
  keys = await createKeys({ workload, recovery })
  workload.close()
  recovery.close()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dr-keys-status-"))
  writeFileSync(join(folder, "dr.yaml"), demoConfig(sandbox.endpoint))
  sandbox.faults.clear()
  return () => rmSync(folder, { recursive: true, force: true })
})
afterAll(() => sandbox.close())

function status(...args: string[]) {
  const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(ACCOUNTS.workload.id)
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, HOME: folder }
  return runDr(["keys", "status", ...args], { cwd: folder, env })
}

interface Told {
  readonly exit: number
  readonly warnings: readonly string[]
  readonly data: { readonly environments: readonly EnvironmentKeys[] }
}
async function told(...args: string[]): Promise<Told & { readonly keys: readonly KeyStatus[] }> {
  const { stdout, exit } = await status("--json", ...args)
  const envelope = envelopeSchema.parse(JSON.parse(stdout)) as unknown as Told
  expect(envelope.exit).toBe(exit)
  return { ...envelope, keys: envelope.data.environments[0]?.keys ?? [] }
}

const snapshot = (): string => join(folder, ".dr", "inventory", "keys-demo.json")

describe("a healthy estate", () => {
  it("passes the check, on one screen, and leaves a signed snapshot that shows the same", async () => {
    const live = await status("-e", "demo", "--check")
    expect([live.exit, live.stderr]).toEqual([0, ""])
    expect(live.stdout).toContain("SIMULATED")
    expect(live.stdout).toMatch(/eu-central-1 {2}✓ Enabled {2}primary +✓ [0-9a-f]{8} {2}0 /)
    expect(live.stdout).toContain("✓ every key is as dr.yaml wants it")
    expect(live.stdout).toContain("? not proven: no drill has read every recovery copy")
    expect(live.stdout.split("\n").length).toBeLessThan(24)
    expect(live.stdout.split("\n").filter((line) => line.length > 120)).toEqual([])

    sandbox.faults.add({ kind: "black-hole" })
    const offline = await status("--offline")
    expect(offline).toMatchObject({ exit: 0, stderr: "" })
    expect(offline.stdout).toMatch(/from the snapshot of .*Z, .* old, signed by this machine \(sha256:[0-9a-f]{8}\)/)
    const rows = (text: string) => text.split("\n").filter((line) => line.startsWith("  eu-"))
    expect(rows(offline.stdout)).toEqual(rows(live.stdout))
  })

  it("gives everything to programs", async () => {
    const { keys: rows } = await told("-e", "demo", "--key", "observability")
    expect(rows.map(({ side, places }) => [side, places.map(({ role, region }) => `${role} ${region}`)])).toEqual([
      ["workload", [`primary ${PRIMARY}`, `replica ${RECOVERY}`]],
      ["recovery", [`recovery ${RECOVERY}`, `recovery-replica ${PRIMARY}`]],
    ])
    expect(rows[0]).toMatchObject({ unproven: ["tfstate", "loki", "mimir", "tempo"], problems: [], strays: [] })
    expect(rows[0]?.places[0]).toMatchObject({
      arn: keys.primary,
      state: "Enabled",
      origin: "AWS_KMS",
      aliases: [ALIAS],
      policy: { state: "current", absent: [], foreign: [], digest: expect.stringMatching(/^sha256:/) as string },
      grants: { count: 0, foreign: [] },
      rotation: { enabled: true, periodDays: 365 },
      onDemandRotations: { used: 0, limit: 25 },
      gaps: [],
    })
    expect(rows[0]?.recoverability.map(({ incident }) => incident)).toContain("account-hostile")
    expect(readdirSync(folder)).not.toContain(".dr") // of one key no snapshot of all is made
  })
})

describe("a snapshot that is not to be trusted", () => {
  it("is refused by name, and put aside by the next reading", async () => {
    await status("-e", "demo")
    const good = readFileSync(snapshot(), "utf8")
    writeFileSync(snapshot(), good.replace(`"payload":"e`, `"payload":"f`))
    const offline = await status("-e", "demo", "--offline")
    expect([offline.exit, offline.stdout]).toEqual([3, ""])
    expect(offline.stderr).toContain(`cannot trust the snapshot ${snapshot()}: altered`)
    const live = await told("-e", "demo")
    expect(live.exit).toBe(0)
    expect(live.warnings.join("\n")).toContain("it was put aside as")
    const kept = readdirSync(join(folder, ".dr", "inventory"))
    expect(kept.map((name) => name.replace(/-\d.*/, ""))).toEqual(["keys-demo.json", "keys-demo.json.refused"])
  })

  it("is missed by name where there is none, and a key that dr.yaml does not have is a typo", async () => {
    const offline = await status("-e", "demo", "--offline")
    expect([offline.exit, offline.stderr]).toEqual([1, expect.stringContaining("dr keys status -e demo") as string])
    const typo = await status("-e", "demo", "--key", "observabilty")
    expect([typo.exit, typo.stderr]).toEqual([64, expect.stringContaining("it has observability") as string])
  })
})

describe("an estate that is not well", () => {
  let ill: Sandbox
  beforeAll(async () => {
    ill = await keySandbox()
    const alias = "alias/observability"
    const name = "observability"
    const arn = await makeKey(ill, {
      account: ACCOUNTS.workload.id,
      side: "workload",
      name,
      alias,
      regions: [CENTRAL, WEST, NORTH],
    })
    const extra = {
      Sid: "Extra",
      Effect: "Allow",
      Principal: { AWS: operatorOf(ACCOUNTS.recovery.id) },
      Action: "kms:Decrypt",
      Resource: "*",
    }
    await kmsIn(ill, ACCOUNTS.workload.id, NORTH).send(
      new PutKeyPolicyCommand({ KeyId: inRegion(arn, NORTH), Policy: rootPolicy(ACCOUNTS.workload.id, extra) }),
    )
    await kmsIn(ill, ACCOUNTS.workload.id, NORTH).send(
      new ScheduleKeyDeletionCommand({ KeyId: inRegion(arn, NORTH), PendingWindowInDays: 7 }),
    )
    await kmsIn(ill, ACCOUNTS.workload.id, WEST).send(new DisableKeyCommand({ KeyId: inRegion(arn, WEST) }))
    await kmsIn(ill, ACCOUNTS.workload.id, CENTRAL).send(
      new CreateGrantCommand({
        KeyId: arn,
        Name: "left-over",
        GranteePrincipal: operatorOf(ACCOUNTS.recovery.id),
        Operations: ["Decrypt"],
      }),
    )
  })
  beforeEach(() => writeFileSync(join(folder, "dr.yaml"), keyConfig(ill.endpoint)))
  afterAll(() => ill.close())

  it("exits 3 under --check and 0 without, and says both what is wrong and since when it is known", async () => {
    const text = await status("-e", "prod")
    expect(text.exit).toBe(0)
    expect(text.stdout).toMatch(/^✕ \d+ things are not as they should be; --check exits 3 for it$/m)
    expect(text.stdout).toMatch(
      /eu-north-1 +✕ PendingDeletion +replica +✕ drifted [0-9a-f]{8} +0 .*! deletes in 6 d 23 h \(/,
    )
    expect(text.stdout).toMatch(/eu-west-1 +✕ Disabled /)
    expect(text.stdout).toMatch(/eu-central-1 .*foreign grants: left-over to role\/key-operator/)
    expect(text.stdout).toContain("✕ observability (recovery): there is no key in eu-west-1")
    expect(text.stdout).toContain("differs from dr.yaml: foreign Extra")
    expect(text.stdout).toContain("UNRECOVERABLE")

    const checked = await told("-e", "prod", "--check")
    expect(checked.exit).toBe(3)
    const codes = (of: KeyStatus | undefined) => [...new Set(of?.problems.map(({ code }) => code))].sort()
    expect(codes(checked.keys.find(({ name, side }) => name === "observability" && side === "workload"))).toEqual([
      "drifted",
      "not-enabled",
      "unrecoverable",
    ])
    expect(codes(checked.keys.find(({ name, side }) => name === "state" && side === "workload"))).toContain("absent")
  })

  it("shows a Region that went silent from the last snapshot, with its age", async () => {
    await status("-e", "prod")
    ill.faults.add({ kind: "error", service: "kms", region: NORTH, status: 400, code: "AccessDeniedException" })
    const text = await status("-e", "prod")
    expect(text.stdout).toMatch(/eu-north-1 +\? not read, was PendingDeletion .*as of .* ago; ! deletes in 6 d/)
    ill.faults.clear()
  })
})
