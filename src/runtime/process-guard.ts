import { EXIT } from "../kernel/exit-codes.ts"

/** Everything that a process of ours guards against, streams included. */
export function guardProcess(): void {
  guardEnvironment()
  guardStreams()
}

/** Before the first client: endpoints come from dr.yaml only, TLS is not switched off, the SDK keeps its advice to itself. */
export function guardEnvironment(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true"
  process.env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_ENDPOINT_URL")) delete process.env[name]
  if (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") refuseWithoutTls()
  guardMemory()
}

/** A diagnostic report holds the environment, and is written where nobody looks after it. */
function guardMemory(): void {
  const { report } = process
  report.reportOnFatalError = false
  report.reportOnUncaughtException = false
  report.reportOnSignal = false
}

function refuseWithoutTls(): never {
  process.stderr.write(
    "✕ NODE_TLS_REJECT_UNAUTHORIZED=0 switches certificate checks off; dr does not run that way\n  next: unset NODE_TLS_REJECT_UNAUTHORIZED\n",
  )
  process.exit(EXIT.usage)
}

/**
 * A reader of stdout that went away (`dr … | head`) ends the process quietly, but with the exit code that the result has:
 * a closed pipe must not turn a failed drill into a success. Nobody listening on stderr is no reason to stop a clean-up.
 */
export function guardStreams(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    const exit = Number(process.exitCode ?? EXIT.ok)
    if (error.code === "EPIPE") process.exit(exit)
    process.stderr.write(`✕ cannot write the result: ${error.message}\n`)
    process.exit(exit || EXIT.failed)
  })
  process.stderr.on("error", () => {})
}
