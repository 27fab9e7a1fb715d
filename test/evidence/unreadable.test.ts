import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { readEvidence } from "../../src/evidence/read.ts"

it("evidence that cannot be read is an error for people, not an empty store", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dr-evidence-"))
  try {
    writeFileSync(join(folder, "file"), "")
    await expect(readEvidence(join(folder, "file", "evidence"))).rejects.toMatchObject({
      code: "E_EVIDENCE_UNREADABLE",
      hints: ["check --state-dir and its permissions"],
    })
    expect(await readEvidence(join(folder, "none"))).toEqual({ files: [], breaks: [] })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
