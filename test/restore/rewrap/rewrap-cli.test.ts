import type { ChildProcess } from "node:child_process"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  DecryptCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  CreateKeyCommand,
  KMSClient,
} from "@aws-sdk/client-kms"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import RestoreRewrap from "../../../commands/restore/rewrap.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { runDr, type SpawnOptions } from "../../support/run-dr.ts"
import { runCommand, type Outcome } from "../../support/run-command.ts"
import { tempFolder } from "../../support/temp-folder.ts"

const [WORKLOAD, RECOVERY, REGION] = ["111111111111", "222222222222", "eu-central-1"]

let sandbox: Sandbox
let kms: KMSClient
let [oldKey, newKey] = ["", ""]

beforeAll(async () => {
  sandbox = await startSandbox({
    accounts: [WORKLOAD, RECOVERY].map((id) => ({ id, name: `a${id[0]}` })),
  })
  kms = kmsOf(WORKLOAD)
  oldKey = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? ""
  const Statement = [{ Effect: "Allow", Principal: { AWS: [WORKLOAD, RECOVERY] }, Action: "kms:*", Resource: "*" }]
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement })
  newKey = (await kmsOf(RECOVERY).send(new CreateKeyCommand({ Policy }))).KeyMetadata?.Arn ?? ""
})
afterAll(() => sandbox.close())

function kmsOf(account: string): KMSClient {
  return new KMSClient({
    region: REGION,
    endpoint: sandbox.endpoint,
    ignoreConfiguredEndpointUrls: true,
    credentials: sandbox.credentialsFor(account),
  })
}

/** A folder with a dr.yaml and `count` wrapped keys, each under a context of its own. */
async function estate(count: number): Promise<string> {
  const folder = tempFolder()
  writeFileSync(
    join(folder, "dr.yaml"),
    `version: 1
accounts:
  prod: { id: "${WORKLOAD}", roles: { drill: "arn:aws:iam::${WORKLOAD}:role/drill" } }
  recovery: { id: "${RECOVERY}", roles: { drill: "arn:aws:iam::${RECOVERY}:role/drill" } }
environments:
  prod:
    account: prod
    recoveryAccount: recovery
    primaryRegion: ${REGION}
    recoveryRegion: eu-west-1
    endpoint: ${sandbox.endpoint}
    scratch: { bucket: prod-scratch }
    keys: { data: { alias: alias/data, multiRegion: false, recovery: { alias: alias/data-recovery, regions: [${REGION}, eu-west-1] } } }
    datasets: { loki: { kind: loki, bucket: prod-loki, key: data, recoveryBucket: prod-loki-recovery } }
`,
  )
  const lines: string[] = []
  for (let id = 0; id < count; id++) {
    const context = { tenant: `t${id % 3}` }
    const { CiphertextBlob = new Uint8Array() } = await kms.send(
      new EncryptCommand({ KeyId: oldKey, Plaintext: Buffer.from(`key ${id}`), EncryptionContext: context }),
    )
    lines.push(JSON.stringify({ id: `k${id}`, ciphertext: Buffer.from(CiphertextBlob).toString("base64"), context }))
  }
  writeFileSync(join(folder, "keys.jsonl"), lines.join("\n"))
  return folder
}

function dr(folder: string, more: readonly string[] = [], during?: SpawnOptions["during"]): Promise<Outcome> {
  const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(WORKLOAD)
  const args = ["keys.jsonl", "-e", "prod", "--from", oldKey, "--to", newKey, "--out", "new.jsonl", "--yes", ...more]
  return runDr(["restore", "rewrap", ...args], {
    cwd: folder,
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    ...(during === undefined ? {} : { during }),
  })
}

/** Acts once, when the output has so many bytes. */
const once =
  (folder: string, bytes: number, act: (child: ChildProcess) => void): SpawnOptions["during"] =>
  (child) => {
    const out = join(folder, "new.jsonl")
    const timer = setInterval(() => {
      if (!existsSync(out) || statSync(out).size < bytes) return
      clearInterval(timer)
      act(child)
    }, 2)
    child.on("close", () => clearInterval(timer))
  }

async function opened(folder: string): Promise<string[]> {
  const lines = readFileSync(join(folder, "new.jsonl"), "utf8").trimEnd().split("\n")
  const keys: string[] = []
  for (const line of lines) {
    const { ciphertext, context, keyArn } = JSON.parse(line) as {
      ciphertext: string
      context: { tenant: string }
      keyArn: string
    }
    const { Plaintext = new Uint8Array(), KeyId } = await kms.send(
      new DecryptCommand({ CiphertextBlob: Buffer.from(ciphertext, "base64"), EncryptionContext: context }),
    )
    expect([KeyId, keyArn]).toEqual([newKey, newKey])
    keys.push(Buffer.from(Plaintext).toString())
  }
  return keys
}
const KILLS = process.env["DR_TEST_SLOW"] === "1" ? Array.from({ length: 20 }, (_, at) => 1 + at * 2_000) : [4_000]

describe("dr restore rewrap", () => {
  it("has every key under the other account's key after kill -9 and Ctrl-C, and shows no plaintext", async () => {
    const folder = await estate(120)
    const more = ["--verify", "decrypt", "--events", "events.ndjson", "--max-inflight", "8"]
    for (const bytes of KILLS) {
      const { exit } = await dr(
        folder,
        more,
        once(folder, bytes, (child) => child.kill("SIGKILL")),
      )
      expect(exit).toBe(-2)
    }
    const at = statSync(join(folder, "new.jsonl")).size + 8_000
    const stopped = await dr(
      folder,
      more,
      once(folder, at, (child) => child.kill("SIGINT")),
    )
    expect([stopped.exit, stopped.stderr]).toEqual([130, expect.stringContaining("resume: same command")])
    const last = await dr(folder, [...more, "--json"])
    expect(JSON.parse(last.stdout)).toMatchObject({
      kind: "RestoreRewrap",
      exit: 0,
      simulated: true,
      data: { counts: { listed: 120, done: 120, failed: 0, unknown: 0 } },
    })
    expect(JSON.parse(last.stdout).data.before.listed).toBeGreaterThan(20)
    expect(await opened(folder)).toEqual(Array.from({ length: 120 }, (_, id) => `key ${id}`))
    expect(readFileSync(join(folder, "new.jsonl.failed.jsonl"), "utf8")).toBe("")
    const secret = Buffer.from("key 3").toString("base64")
    const told = [stopped.stderr, last.stdout, last.stderr, readFileSync(join(folder, "events.ndjson"), "utf8")].join(
      "",
    )
    expect([told.includes("key 3"), told.includes(secret)]).toEqual([false, false])
  })

  it("stops on a key that is disabled under way and names it; with one that is disabled it does not begin", async () => {
    const folder = await estate(100)
    const pending: Promise<unknown>[] = []
    const disable = (): void => void pending.push(kms.send(new DisableKeyCommand({ KeyId: oldKey })))
    const broken = await dr(folder, ["--max-inflight", "4"], once(folder, 1, disable))
    await Promise.all(pending)
    expect([broken.exit, broken.stderr]).toEqual([1, expect.stringMatching(/kms:ReEncrypt .*DisabledException/)])
    expect(broken.stderr).toContain(oldKey)
    const before = await dr(folder)
    expect([before.exit, before.stderr]).toEqual([1, expect.stringContaining(`${oldKey} is Disabled`)])
    await kms.send(new EnableKeyCommand({ KeyId: oldKey }))
  })

  it("takes no key that dr.yaml does not have, and begins nothing without consent", async () => {
    const folder = await estate(0)
    const out = join(folder, "x")
    const config = ["--config", join(folder, "dr.yaml"), "--no-input"]
    const asked = (from: string) =>
      runCommand(RestoreRewrap, [
        join(folder, "keys.jsonl"),
        "-e",
        "prod",
        "--from",
        from,
        "--to",
        newKey,
        "--out",
        out,
        ...config,
      ])
    expect(await asked("dato")).toMatchObject({ exit: 64, stderr: expect.stringContaining("did you mean data?") })
    const west = oldKey.replace(REGION, "eu-west-1")
    expect(await asked(west)).toMatchObject({ exit: 64, stderr: expect.stringContaining("within one Region") })
    expect(existsSync(out)).toBe(false)
    expect(await dr(folder)).toMatchObject({ exit: 1, stdout: expect.stringContaining("is this the right file?") })
  })
})
