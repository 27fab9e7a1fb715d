import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readInput } from "../../src/runtime/input-text.ts"
import { ROOT } from "../support/stripped-config.ts"
import { tempFolder } from "../support/temp-folder.ts"

/** A shell, because `<(…)` is its work; a process of its own, because threads count descriptors differently. */
function shell(command: string): { exit: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], LANG: "C.UTF-8", ROOT }
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { env, encoding: "utf8", cwd: tempFolder() })
  return { exit: status, stdout, stderr }
}

const policy = (sid: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: sid, Effect: "Allow", Action: "kms:Decrypt", Resource: "*" }],
  })

describe("a pipe of the shell", () => {
  it("is read to its end, once, however slowly it comes", () => {
    const folder = tempFolder()
    writeFileSync(join(folder, "old.json"), policy("Old"))
    writeFileSync(join(folder, "new.json"), policy("New"))
    const { exit, stdout } = shell(
      `node "$ROOT/dist/src/main.js" policy diff <(head -c 9 ${folder}/old.json; sleep 0.2; tail -c +10 ${folder}/old.json) ${folder}/new.json`,
    )
    expect(stdout).toMatch(/statement Old removed\n.*statement New added/)
    expect(exit).toBe(0)
  })

  it("that stays silent ends with Ctrl-C", () => {
    const script = `import { readInput } from "${ROOT}/src/runtime/input-text.ts"
      const abort = new AbortController()
      setTimeout(() => abort.abort(new Error("interrupted")), 10)
      await readInput(process.argv[1], abort.signal).catch((error) => console.log(error.message))
      process.exit(130)`
    const command = `exec node --import "$ROOT/node_modules/tsx/dist/loader.mjs" --input-type=module -e '${script}' <(exec sleep 20 2>&-)`
    expect(shell(command)).toEqual({ exit: 130, stdout: "interrupted\n", stderr: "" })
  })
})

it.each([
  ["/dev/zero", "E_INPUT", 78, "not a regular file"],
  ["/dev/null", "E_INPUT", 78, "not a regular file"],
  ["/tmp", "E_INPUT", 78, "a folder"],
  ["/nowhere", "E_READ", 1, "ENOENT"],
])("%s is no input", (path, code, exit, why) =>
  expect(readInput(path)).rejects.toMatchObject({ code, exit, message: expect.stringContaining(why) as unknown }),
)
