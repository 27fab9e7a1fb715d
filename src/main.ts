#!/usr/bin/env node
import { readFileSync, writeSync } from "node:fs"
import { hoistGlobalFlags } from "./runtime/argv.ts"
import { helpPage } from "./runtime/help-page.ts"
import { guardEnvironment, guardStreams } from "./runtime/process-guard.ts"

guardEnvironment()
const argv = hoistGlobalFlags(process.argv.slice(2))
// Both before oclif is loaded: a scheduler's health check, and a person who asks for help, wait for no more than Node itself.
const asksVersion = argv.length === 1 && ["--version", "-V", "version"].includes(argv[0] ?? "")
const answer = asksVersion ? `${versionLine()}\n` : helpPage(argv, versionLine)
if (answer === undefined) {
  guardStreams()
  const { runCli } = await import("./runtime/run-cli.ts")
  await runCli(argv, import.meta.url)
} else {
  print(Buffer.from(answer))
}

/** As oclif's user agent: `kms-dr/0.1.0 linux-x64 node-v20.20.2`. */
function versionLine(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8")
  const { name, version } = JSON.parse(text) as { name: string; version: string }
  return `${name}/${version} ${process.platform}-${process.arch} node-${process.version}`
}

/** Straight to the descriptor; Node's stream costs a tenth of the whole start, and takes over only where that fails. */
function print(text: Buffer): void {
  let written = 0
  try {
    written = writeSync(1, text)
  } catch {} // a pipe that is full, or whose reader has gone: the stream waits, and its guard knows what to say
  if (written === text.length) return
  guardStreams()
  process.stdout.write(text.subarray(written))
}
