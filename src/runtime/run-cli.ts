import { run, settings, type Config } from "@oclif/core"
import { isoStamp } from "../kernel/clock.ts"
import { redact } from "../kernel/redact.ts"
import { failureEnvelope } from "./envelope.ts"
import { errorText, errorView } from "./error-view.ts"
import { systemClock } from "./system-clock.ts"

/**
 * Runs one command and ends the process with its exit code, also when something forgot to close a socket. What oclif throws
 * before a command begins (a broken installation, help about nothing) is told like every other error.
 */
export async function runCli(argv: string[], load: string | Config): Promise<never> {
  settings.enableAutoTranspile = false // otherwise a caller's NODE_ENV=test makes oclif look for .ts files
  try {
    await run(argv, load)
  } catch (thrown) {
    const view = errorView(thrown)
    process.exitCode = view.exit
    const now = isoStamp(systemClock.now())
    if (view.code !== "E_EXIT" && argv.includes("--json"))
      process.stdout.write(`${JSON.stringify(failureEnvelope(view, now, now))}\n`)
    else if (view.code !== "E_EXIT") process.stderr.write(errorText(view))
    if (process.env["DR_DEBUG"]) process.stderr.write(`${redact((thrown as Error).stack ?? "")}\n`)
  }
  await Promise.all([written(process.stdout), written(process.stderr)])
  process.exit()
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write("", () => resolve()))
}
