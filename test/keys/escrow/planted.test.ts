import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ACCOUNTS, ALIAS } from "../../../src/demo/world.ts"
import type { KeyArn } from "../../../src/kernel/brands.ts"
import { openShare } from "../../../src/keys/escrow/open-share.ts"
import { materialOf, quorumOf } from "../../../src/keys/escrow/quorum.ts"
import { combineShares } from "../../../src/keys/escrow/split.ts"
import type { Outcome } from "../../support/run-command.ts"
import { runDr } from "../../support/run-dr.ts"
import { makeCustodians, type Custodian } from "./custodians.ts"
import { CENTRAL, escrowWorld, WEST, type EscrowWorld } from "./escrow-world.ts"

/**
 * The commands as people run them, and after every run a search for what must be nowhere: identities, shares and
 * material, in every form that a program could write them in.
 */
let world: EscrowWorld
let custodians: Custodian[]
let folder: string
let arn: KeyArn
const told: string[] = []
const KEY = "observability"
const DEVICE = `workload=arn:aws:iam::${ACCOUNTS.workload.id}:mfa/commander`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-escrow-"))
  custodians = await makeCustodians(3)
  world = await escrowWorld(custodians, "90d")
  writeFileSync(join(folder, "dr.yaml"), world.config.text)
  for (const { name, identityFile } of custodians)
    writeFileSync(join(folder, `${name}.key`), identityFile, { mode: 0o600 })
  arn = await world.makeKey()
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

/** `stdin`: as typed; empty = at its end at once. */
async function dr(
  args: readonly string[],
  { stdin = "", env = {} }: { stdin?: string; env?: object } = {},
): Promise<Outcome> {
  const { accessKeyId, secretAccessKey } = world.sandbox.credentialsFor(ACCOUNTS.workload.id)
  const outcome = await runDr(["keys", "escrow", ...args], {
    cwd: folder,
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, HOME: folder, ...env },
    stdin,
  })
  told.push(outcome.stdout, outcome.stderr)
  return outcome
}
const acting = ["--mfa", DEVICE, "--source-identity", "commander"]
const shareOf = (name: string): string => {
  const found = readdirSync(join(folder, "shares")).find((file) => file.endsWith(`-${name}.age`))
  return join(folder, "shares", found ?? "")
}
const given = (...names: string[]): string[] =>
  names.flatMap((name) => ["--share", shareOf(name), "--identity", join(folder, `${name}.key`)])
const dataOf = ({ stdout }: Outcome) => (JSON.parse(stdout) as { data: Record<string, unknown> }).data

describe("dr keys escrow", () => {
  it("create: refuses without consent, and has done nothing", async () => {
    const from = world.sandbox.audit.length
    const refused = await dr(["create", KEY, "-e", "demo", "--out", "shares", ...acting])
    expect([refused.exit, refused.stderr]).toEqual([64, expect.stringContaining(`--confirm ${ALIAS}`)])
    expect([existsSync(join(folder, "shares")), world.sandbox.audit.length]).toEqual([false, from])
  })
  it("create: hands every custodian a file", async () => {
    const created = await dr(
      ["create", KEY, "-e", "demo", "--out", "shares", "--confirm", ALIAS, "--json", ...acting],
      {
        stdin: "123456\n",
      },
    )
    expect(created.exit, created.stderr + created.stdout).toBe(0)
    expect(dataOf(created)).toMatchObject({
      action: "create",
      sets: [{ keyArn: arn, n: 3, m: 2, custodians: ["alice", "bob", "carol"], result: "proven" }],
      places: [
        { region: CENTRAL, state: "Enabled", proof: "decrypted" },
        { region: WEST, state: "Enabled", proof: "decrypted" },
      ],
    })
    for (const file of readdirSync(join(folder, "shares")))
      expect(statSync(join(folder, "shares", file)).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, "shares")).mode & 0o777).toBe(0o700)
  })
  it("create: is not done twice, and says what to do", async () => {
    const again = await dr(["create", KEY, "-e", "demo", "--out", "shares", "--confirm", ALIAS, ...acting])
    expect([again.exit, again.stderr]).toEqual([
      1,
      expect.stringMatching(/holds the material[\s\S]*dr keys escrow list/),
    ])
  })

  it("verify: proves one share, with the identity from a file or from stdin", async () => {
    const one = await dr(["verify", shareOf("alice"), "--identity", join(folder, "alice.key")])
    expect([one.exit, one.stdout]).toEqual([0, expect.stringMatching(/^✓ .*alice.*is whole/)])
    const two = await dr(["verify", shareOf("bob"), "--identity", "-", "--json"], {
      stdin: custodians[1]?.identityFile ?? "",
    })
    expect(two.exit, two.stdout).toBe(0)
    expect(dataOf(two)).toMatchObject({ shares: [{ ok: true, custodian: "bob", recorded: true }] })
  })
  it("verify: refuses an identity that others may read, and that of another", async () => {
    chmodSync(join(folder, "carol.key"), 0o640)
    const open = await dr(["verify", shareOf("carol"), "--identity", join(folder, "carol.key")])
    expect([open.exit, open.stderr]).toEqual([1, expect.stringMatching(/may be read by others[\s\S]*chmod 600/)])
    chmodSync(join(folder, "carol.key"), 0o600)
    const other = await dr(["verify", shareOf("carol"), "--identity", join(folder, "alice.key"), "--json"], {
      env: { DR_DEBUG: "1" },
    })
    expect(other.exit).toBe(1)
    expect(dataOf(other)).toMatchObject({ shares: [{ ok: false, code: "E_ESCROW_IDENTITY" }] })
  })
  it("takes nothing on stdin for an argument that was forgotten, and quotes none of it", async () => {
    const stdin = custodians[1]?.identityFile ?? ""
    for (const command of [["recover", "-e", "demo"], ["verify"], ["create", "-e", "demo", "--out", "x"], ["drill"]]) {
      const forgotten = await dr([...command, ...(command[0] === "create" ? [] : ["--identity", "-"])], { stdin })
      expect([forgotten.exit, forgotten.stderr]).toEqual([64, expect.stringMatching(/Missing|missing/)])
      expect(forgotten.stderr).not.toContain("age-secret-key")
    }
  })
  it("verify: does not run where the process could be watched", async () => {
    const watched = await dr(["verify", shareOf("alice"), "--identity", join(folder, "alice.key")], {
      env: { NODE_OPTIONS: "--report-uncaught-exception --heapsnapshot-near-heap-limit=1" },
    })
    expect([watched.exit, watched.stderr]).toEqual([64, expect.stringContaining("--heapsnapshot-near-heap-limit")])
  })

  it.each<[string, () => string[], RegExp]>([
    ["too few shares", () => given("alice"), /1 of the 2 shares that are needed \(.*alice/],
    ["no share", () => [], /0 shares of the 2|no identity/],
    ["one share twice", () => given("alice", "alice"), /alice.age \(share 1, alice\) is the same share/],
    [
      "a share of nobody here",
      () => [...given("alice"), "--share", shareOf("bob")],
      /no identity given opens .*bob.age/,
    ],
    [
      "an altered share",
      () => [...given("alice"), "--share", altered(), "--identity", join(folder, "bob.key")],
      /altered.age is damaged/,
    ],
  ])("recover: refuses %s before AWS hears anything", async (_what, shares, expected) => {
    const from = world.sandbox.audit.length
    const refused = await dr(["recover", KEY, "-e", "demo", "--yes", ...shares()], { env: { DR_DEBUG: "1" } })
    expect(refused.exit).toBeGreaterThan(0)
    expect(refused.stderr).toMatch(expected)
    expect(world.sandbox.audit.length).toBe(from)
  })
  it("recover: does not take a code and an identity from one stdin", async () => {
    const both = await dr(
      ["recover", KEY, "-e", "demo", "--yes", "--share", shareOf("alice"), "--identity", "-", ...acting],
      {
        stdin: custodians[0]?.identityFile ?? "",
      },
    )
    expect([both.exit, both.stderr]).toEqual([
      64,
      expect.stringContaining("stdin cannot hold an identity and the code"),
    ])
  })
  it("recover: brings back what was deleted, and tells the rest", async () => {
    const admin = await world.actors.admin(world.key.account, "break-glass")
    const { sets } = dataOf(await dr(["list", "-e", "demo", "--json", "--offline"])) as { sets: Array<{ id: string }> }
    const state = JSON.parse(readFileSync(join(folder, ".dr", "escrow", `${sets[0]?.id}.json`), "utf8")) as {
      set: { keyMaterialId: string }
    }
    for (const region of [CENTRAL, WEST])
      await admin.deleteMaterial(arn.replace(CENTRAL, region) as KeyArn, state.set.keyMaterialId)
    const lost = await dr(["list", "-e", "demo", "--check"])
    expect([lost.exit, lost.stdout]).toEqual([3, expect.stringContaining("material is missing in eu-west-1")])
    const back = await dr(["recover", KEY, "-e", "demo", "--yes", ...given("carol", "alice"), ...acting], {
      stdin: "123456\n",
      env: { DR_DEBUG: "1" },
    })
    expect(back.exit, back.stderr).toBe(0)
    expect(back.stdout).toMatch(/eu-central-1 +PendingImport +✓ material brought +Enabled +✓ old ciphertext opens/)
    const well = await dr(["list", "-e", "demo", "--check", "--json"])
    expect(well.exit, well.stdout).toBe(0)
  })
  it("recover: fails in AWS without telling more", async () => {
    const admin = await world.actors.admin(world.key.account, "break-glass")
    await admin.scheduleDeletion(arn.replace(CENTRAL, WEST) as KeyArn, 30)
    const half = await dr(["recover", KEY, "-e", "demo", "--yes", ...given("bob", "alice"), ...acting], {
      stdin: "123456\n",
      env: { DR_DEBUG: "1" },
    })
    expect([half.exit, half.stdout]).toEqual([1, expect.stringMatching(/eu-west-1 +PendingDeletion/)])
    const nobody = await dr(["recover", KEY, "-e", "demo", "--yes", ...given("bob", "alice")], {
      env: { DR_DEBUG: "1", AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" },
    })
    expect(nobody.exit).toBe(77)
  })
  it("drill: passes, with the real shares beside the throw-away ones", async () => {
    const drill = await dr(["drill", KEY, "-e", "demo", "--yes", "--json", ...given("bob", "carol"), ...acting], {
      stdin: "123456\n",
    })
    expect(drill.exit, drill.stderr + drill.stdout).toBe(0)
    expect(dataOf(drill)).toMatchObject({ drill: { passed: true }, custodians: ["bob", "carol"] })
    expect((await dr(["list", "-e", "demo"])).stdout).toMatch(/drill passed 20/)
  })

  it("writes no secret anywhere: not on stdout, stderr, into journal, state folder, or a report of a crash", async () => {
    const planted = await secrets()
    const places = [...told.map((text) => Buffer.from(text)), ...filesBelow(folder).map((path) => readFileSync(path))]
    expect(places.length).toBeGreaterThan(40)
    expect(filesBelow(join(folder, ".dr", "journal")).length).toBeGreaterThanOrEqual(4)
    // The search finds what is there: the identity in its own file, and nowhere else.
    expect(readFileSync(join(folder, "alice.key")).includes(planted.get("identity of alice in Bech32") as Buffer)).toBe(
      true,
    )
    for (const [name, form] of planted) for (const place of places) expect(place.includes(form), name).toBe(false)
    expect(readdirSync(folder).filter((name) => /report|heap|core/i.test(name))).toEqual([])
  })
})

function altered(): string {
  const lines = readFileSync(shareOf("bob"), "utf8").split("\n")
  const at = lines.length - 5
  lines[at] = (lines[at] ?? "").split("").toReversed().join("")
  const path = join(folder, "altered.age")
  writeFileSync(path, lines.join("\n"))
  return path
}

/** All below it, but for the identities of the custodians themselves. */
function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".key"))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Every secret of the story, in every form, by name. */
async function secrets(): Promise<Map<string, Buffer>> {
  const shares = []
  for (const { name, identity } of custodians)
    shares.push(await openShare({ from: name, text: readFileSync(shareOf(name), "utf8") }, [identity], []))
  const set = quorumOf(shares)
  const material = await materialOf(shares, set)
  const scalar = await combineShares(
    shares.map(({ share }) => share),
    set,
  )
  const forms = new Map<string, Buffer>()
  const plant = (name: string, bytes: Uint8Array): void => {
    const buffer = Buffer.from(bytes)
    const base64 = buffer.toString("base64")
    forms.set(`${name}, raw`, buffer)
    forms.set(`${name} in hex`, Buffer.from(buffer.toString("hex")))
    forms.set(`${name} in HEX`, Buffer.from(buffer.toString("hex").toUpperCase()))
    forms.set(`${name} in base64`, Buffer.from(base64.replace(/=+$/, "")))
    forms.set(`${name} in base64url`, Buffer.from(buffer.toString("base64url")))
    forms.set(`${name} as numbers`, Buffer.from([...buffer].join(",")))
    forms.set(`${name} in base32`, Buffer.from(base32(buffer, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")))
    forms.set(`${name} in Bech32's letters`, Buffer.from(base32(buffer, "qpzry9x8gf2tvdw0s3jn54khce6mua7l")))
    forms.set(`${name} in Bech32's capitals`, Buffer.from(base32(buffer, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")))
  }
  plant("material", material)
  plant("identity of the set", scalar)
  for (const { custodian, share } of shares) plant(`share of ${custodian}`, share)
  for (const { name, identityFile } of custodians) {
    const text = identityFile.split("\n")[1] ?? ""
    forms.set(`identity of ${name} in Bech32`, Buffer.from(text))
    forms.set(`identity of ${name} without its prefix`, Buffer.from(text.slice("AGE-SECRET-KEY-1".length)))
  }
  return forms
}

/** Whole groups only: what follows depends on padding. */
function base32(bytes: Buffer, alphabet: string): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("")
  return (bits.match(/.{5}/g) ?? []).map((group) => alphabet[Number.parseInt(group, 2)]).join("")
}
