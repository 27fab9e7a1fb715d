#!/usr/bin/env node
import { readFileSync } from "node:fs"
import { guardProcess, hoistGlobalFlags } from "./runtime/process-guard.ts"

guardProcess()
const argv = hoistGlobalFlags(process.argv.slice(2))
if (argv.length === 1 && ["--version", "-V", "version"].includes(argv[0] ?? "")) {
  const { name, version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { name: string; version: string }
  process.stdout.write(`${name}/${version} node-${process.version}\n`)
} else {
  const { execute, settings } = await import("@oclif/core")
  settings.enableAutoTranspile = false
  await execute({ dir: import.meta.url, args: argv })
}
