#!/usr/bin/env node
import { readFileSync } from "node:fs"
import { hoistGlobalFlags } from "./runtime/argv.ts"
import { guardProcess } from "./runtime/process-guard.ts"

guardProcess()
const argv = hoistGlobalFlags(process.argv.slice(2))
if (argv.length === 1 && ["--version", "-V", "version"].includes(argv[0] ?? "")) {
  // Before oclif is loaded: a scheduler's health check should cost no more than Node itself.
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8")
  const { name, version } = JSON.parse(text) as { name: string; version: string }
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  const { runCli } = await import("./runtime/run-cli.ts")
  await runCli(argv, import.meta.url)
}
