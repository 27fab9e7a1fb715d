import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { expect } from "vitest"

/** Compares with a file of the repository. `UPDATE_GOLDEN=1 npx vitest run test/golden` writes it instead. */
export function expectGolden(path: string, actual: string): void {
  if (process.env["UPDATE_GOLDEN"]) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, actual)
  }
  expect(existsSync(path), `${path} is missing: UPDATE_GOLDEN=1 npx vitest run test/golden`).toBe(true)
  expect(actual).toBe(readFileSync(path, "utf8"))
}
