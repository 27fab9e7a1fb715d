// A command with its clients loaded, and nothing done: oclif, the command's module, and what connects it to KMS, STS and S3.
import { readdirSync } from "node:fs"
const dist = new URL("../../dist/", import.meta.url)
const chunk = (name) => readdirSync(new URL("chunks/", dist)).find((file) => file.startsWith(`${name}-`))
await import(new URL("src/runtime/run-cli.js", dist))
await import(new URL("commands/drill/run.js", dist))
await Promise.all(["ports", "own-credentials"].map((name) => import(new URL(`chunks/${chunk(name)}`, dist))))
