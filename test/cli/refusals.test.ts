import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { runDr } from "../support/run-dr.ts"
import { ROOT } from "../support/stripped-config.ts"
import { tempFolder } from "../support/temp-folder.ts"

describe("the built program", () => {
  it("says which argument is missing, without advice on flags that swallow nothing", async () => {
    const { exit, stderr } = await runDr(["policy", "who-can"])
    expect([exit, stderr.split("\n")[0]]).toEqual([64, "✕ missing 1 required arg: action: an IAM action, kms:Decrypt"])
  })

  it("names every missing argument", async () => {
    const { exit, stderr } = await runDr(["policy", "diff"])
    expect([exit, stderr.split("\n")[0]]).toEqual([
      64,
      "✕ missing 2 required args: before: an inventory, a snapshot or a policy (JSON); after: the same kind of file",
    ])
  })

  it("says why a result could not be written, and fails", () => {
    const command = `node "${ROOT}/dist/src/main.js" help exit-codes > /dev/full`
    const { status, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" })
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^✕ cannot write the result: .*ENOSPC/)])
  })
})

describe("dr policy, misunderstood", () => {
  const lines = async (...args: readonly string[]): Promise<[number, readonly string[]]> => {
    const { exit, stderr } = await runDr(["policy", ...args])
    return [exit, stderr.trimEnd().split("\n")]
  }

  it("passes no session tag over that no role gets", async () => {
    const folder = tempFolder()
    const inventory = join(folder, "inventory.json")
    writeFileSync(inventory, JSON.stringify({ source: "x", accounts: [], principals: [], keys: [], buckets: [] }))
    const asked = ["--as", "r", "--action", "kms:DisableKey", "--on", "*", "--inventory", inventory]
    expect(await lines("check", ...asked, "--session-tag", "dr-plan=x")).toEqual([
      64,
      [
        "✕ --session-tag without --via: no role is assumed",
        "  next: --with aws:PrincipalTag/dr-plan=x for a session that has it already",
        "  next: --via ROLE to assume one",
      ],
    ])
    expect((await lines("check", ...asked, "--source-identity", "me"))[1][0]).toContain(
      "--source-identity without --via",
    )
  })

  it("lints a folder that dr rendered as what it is, not its accounts.json as a policy", async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, "accounts.json"), "{}")
    expect(await lines("lint", folder)).toEqual([
      64,
      [`✕ ${folder} is a whole folder of policies, with accounts.json`, `  next: dr policy lint --policies ${folder}`],
    ])
  })
})
