import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import type { KeyArn } from "../../../src/kernel/brands.ts"
import { open, readIdentities } from "../../../src/keys/escrow/age.ts"
import { newSet, type NewSet } from "../../../src/keys/escrow/new-set.ts"
import { shareText } from "../../../src/keys/escrow/share-text.ts"
import { seededRandom } from "../../support/seeded-random.ts"
import { ROOT } from "../../support/stripped-config.ts"
import { tempFolder } from "../../support/temp-folder.ts"
import { makeCustodians, recipientsOf } from "./custodians.ts"

const hasPython = spawnSync("python3", ["--version"]).status === 0
const runbook = readFileSync(`${ROOT}/docs/runbooks/escrow-recovery.md`, "utf8")
const script = /```python\n([\s\S]*?)```/.exec(runbook)?.[1] ?? ""

/** The script that people type from the runbook when there is no `dr`. */
describe.skipIf(!hasPython)("combine.py of the runbook", () => {
  let made: NewSet
  beforeAll(async () => {
    const custodians = recipientsOf(await makeCustodians(4))
    const keyArn = "arn:aws:kms:eu-central-1:111111111111:key/mrk-1" as KeyArn
    made = await newSet({ env: "prod", key: "cards", keyArn, threshold: 3, custodians }, seededRandom("runbook"), 0)
  })
  function combine(at: readonly number[], alter?: (text: Uint8Array) => void) {
    const folder = tempFolder()
    writeFileSync(join(folder, "combine.py"), script)
    const files = at.map((index) => {
      const custodian = made.set.custodians[index]?.name ?? ""
      const text = shareText({
        set: made.set,
        index: index + 1,
        custodian,
        share: made.shares[index] ?? new Uint8Array(),
      })
      if (index === 0) alter?.(text)
      writeFileSync(join(folder, `${custodian}.share`), text)
      return `${custodian}.share`
    })
    const { status, stdout, stderr } = spawnSync("python3", ["combine.py", ...files], { cwd: folder, encoding: "utf8" })
    return { folder, status, stdout, stderr }
  }

  it("gives an identity that opens the material", async () => {
    const { folder, status, stdout, stderr } = combine([3, 0, 2])
    expect([status, stderr]).toEqual([0, ""])
    expect(stdout).toContain(made.set.material.kcv)
    const identities = await readIdentities(readFileSync(join(folder, "set.key")))
    expect(identities?.[0]?.recipient).toBe(made.set.recipient)
    const opened = await open(readFileSync(join(folder, "material.age"), "utf8"), identities ?? [])
    expect(opened).toMatchObject({ kind: "opened", secret: made.material })
  })
  it.each<[string, () => ReturnType<typeof combine>, RegExp]>([
    ["too few shares", () => combine([0, 1]), /2 of the 3 shares/],
    ["one share twice", () => combine([0, 1, 0]), /alice.share: the same share twice/],
    [
      "an altered share",
      () => combine([0, 1, 2], (text) => void (text[text.length - 3] = text.at(-3) === 48 ? 49 : 48)),
      /alice.share: altered/,
    ],
  ])("refuses %s", (_what, run, expected) => {
    const { status, stderr } = run()
    expect([status, stderr]).toEqual([1, expect.stringMatching(expected)])
  })
})
