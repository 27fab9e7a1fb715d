import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { runDr } from "../support/run-dr.ts"
import { ROOT } from "../support/stripped-config.ts"

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
