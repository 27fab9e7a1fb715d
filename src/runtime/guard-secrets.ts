import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** Whoever inspects the process, dumps its heap or loads code into it reads the secrets. Source: `node --help`. */
const WATCHES =
  /^--(inspect|debug|heap-prof|heapsnapshot|report-|abort-on-uncaught-exception|trace-event|diagnostic-dir)/
const LOADS = /^(-r|--require|--import|--loader|--experimental-loader)(=|$)/

/**
 * Before a process holds a secret. SIGUSR1 would open Node's inspector to everybody on the machine: it is taken, and
 * ignored. @throws DrError E_WATCHED (64)
 */
export function guardSecrets(): void {
  const options = (process.env["NODE_OPTIONS"] ?? "").split(/\s+/).filter((option) => option !== "")
  const watching = [
    ...options.filter((option) => WATCHES.test(option) || LOADS.test(option)),
    ...process.execArgv.filter((option) => WATCHES.test(option)),
  ]
  if (watching.length > 0) {
    throw new DrError({
      code: "E_WATCHED",
      exit: EXIT.usage,
      message: `Node was started with ${watching.map((option) => option.split("=")[0]).join(", ")}: it could show secrets`,
      hints: ["unset NODE_OPTIONS, and run again"],
    })
  }
  process.on("SIGUSR1", () => {})
}
