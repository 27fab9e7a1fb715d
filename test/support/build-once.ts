import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

/** Flows are tested on the built program: build it once, before the first test. */
export function setup(): void {
  if (process.env["DR_SKIP_BUILD"]) return
  const root = fileURLToPath(new URL("../..", import.meta.url))
  const built = spawnSync("npm", ["run", "--silent", "build"], { cwd: root, encoding: "utf8" })
  if (built.status !== 0) throw new Error(`npm run build failed:\n${built.stdout}${built.stderr}`)
}
