import { createWriteStream } from "node:fs"
import { Command, Flags, type Interfaces } from "@oclif/core"
import { isoStamp } from "../kernel/clock.ts"
import { display } from "../kernel/display.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { progressView } from "../ui/progress-view.ts"
import { findConfig, stateDirFor } from "./configuration.ts"
import { buildDeps, type Deps } from "./deps.ts"
import { errorView, failureEnvelope, successEnvelope, type CommandResult } from "./envelope.ts"
import { abortOnSignals } from "./signals.ts"
import { systemClock } from "./system-clock.ts"
import type { FoundConfig } from "../estate/discover.ts"

/** Flags that every command has. */
export const globalFlags = {
  config: Flags.string({ description: "path of dr.yaml", env: "DR_CONFIG", helpGroup: "GLOBAL" }),
  "state-dir": Flags.string({ description: "folder for journals, evidence and locks (default: .dr beside dr.yaml)", env: "DR_STATE_DIR", helpGroup: "GLOBAL" }),
  events: Flags.string({ description: "also write every event to FILE as NDJSON", helpValue: "FILE", helpGroup: "GLOBAL" }),
  quiet: Flags.boolean({ char: "q", description: "no progress on stderr", helpGroup: "GLOBAL" }),
  "no-input": Flags.boolean({ description: "never ask", env: "DR_NO_INPUT", helpGroup: "GLOBAL" }),
  profile: Flags.string({ description: "profile of the AWS configuration", helpGroup: "GLOBAL" }),
}

/** For commands that act on one environment of dr.yaml. Never has a default. */
export const envFlag = { env: Flags.string({ char: "e", description: "environment of dr.yaml", env: "DR_ENV" }) }

type GlobalFlags = Interfaces.InferredFlags<typeof globalFlags>

/**
 * Base of every command: parse, act, return. The returned result is what `--json` prints, inside the envelope; errors get
 * the same envelope, and the exit code is the same with and without `--json`.
 */
export abstract class DrCommand extends Command {
  static override baseFlags = globalFlags
  static override enableJsonFlag = true

  readonly #startedAt = isoStamp(systemClock.now())
  readonly #signals = abortOnSignals((line) => void process.stderr.write(`${line}\n`))

  protected get signal(): AbortSignal {
    return this.#signals.signal
  }

  abstract override run(): Promise<CommandResult>

  /** Deps for this command, with the readers of the event stream that the flags ask for. */
  protected deps(flags: GlobalFlags, config?: FoundConfig): Deps {
    const deps = buildDeps({ signal: this.signal, stateDir: stateDirFor(flags["state-dir"], config), version: this.config.version, profile: flags.profile })
    if (!flags.quiet && !this.jsonEnabled()) deps.events.subscribe(progressView(process.stderr))
    if (flags.events !== undefined) {
      const file = createWriteStream(flags.events, { flags: "a", mode: 0o600 })
      deps.events.subscribe((event) => void file.write(`${JSON.stringify(event)}\n`))
    }
    return deps
  }

  protected findConfig(flags: GlobalFlags): Promise<FoundConfig> {
    return findConfig(flags.config)
  }

  /** Replaces oclif's own, which exits 1 for every error under --json and prints its configuration. */
  protected override async _run<T>(): Promise<T> {
    let exit: number
    try {
      await this.init()
      const result = (await this.run()) as CommandResult
      exit = result.exit ?? EXIT.ok
      this.#print(this.jsonEnabled() ? JSON.stringify(successEnvelope(result, this.#startedAt, isoStamp(systemClock.now()))) : result.text)
      if (!this.jsonEnabled()) for (const warning of result.warnings ?? []) process.stderr.write(`! ${display(warning)}\n`)
    } catch (thrown) {
      exit = this.#report(thrown)
    } finally {
      this.#signals.dispose()
    }
    process.exitCode = exit
    return undefined as T
  }

  #report(thrown: unknown): number {
    const view = errorView(this.signal.aborted ? this.signal.reason : thrown)
    if (view.exit === EXIT.ok) return EXIT.ok // --help and --version end by throwing
    if (this.jsonEnabled()) this.#print(JSON.stringify(failureEnvelope(view, this.#startedAt, isoStamp(systemClock.now()))))
    else process.stderr.write([`✕ ${view.message}`, ...view.hints.map((hint) => `  next: ${hint}`), ""].join("\n"))
    if (view.code === "E_BUG" && process.env["DR_DEBUG"]) process.stderr.write(`${(thrown as Error).stack ?? ""}\n`)
    return view.exit
  }

  #print(text: string): void {
    if (text !== "") process.stdout.write(`${text}\n`)
  }
}
