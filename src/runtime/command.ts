import { Command } from "@oclif/core"
import { isoStamp } from "../kernel/clock.ts"
import { display, jsonLine } from "../kernel/display.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { redact } from "../kernel/redact.ts"
import { progressView } from "../ui/progress-view.ts"
import type { ProgressView } from "../ui/view.ts"
import type { FoundConfig } from "../estate/discover.ts"
import { findConfig, stateDirFor } from "./configuration.ts"
import { buildDeps, type Deps } from "./deps.ts"
import { failureEnvelope, successEnvelope, type CommandResult } from "./envelope.ts"
import { errorText, errorView } from "./error-view.ts"
import { eventsFile } from "./events-file.ts"
import { globalFlags, type GlobalFlags } from "./flags.ts"
import type { InventoryContext } from "./inventory-source.ts"
import { abortOnSignals } from "./signals.ts"
import { every, systemClock } from "./system-clock.ts"

export { envFlag, outputFlags } from "./flags.ts"

/**
 * Base of every command: parse, act, return. The returned result is what `--json` prints, inside the envelope; errors get
 * the same envelope, and the exit code is the same with and without `--json`.
 */
export abstract class DrCommand extends Command {
  static override baseFlags = globalFlags
  static override enableJsonFlag = true

  readonly #startedAt = isoStamp(systemClock.now())
  readonly #interruption = abortOnSignals((line) => this.tell(line))
  readonly #views: ProgressView[] = []

  /** Aborts on the first SIGINT or SIGTERM. */
  protected get signal(): AbortSignal {
    return this.#interruption.signal
  }

  abstract override run(): Promise<CommandResult>

  /** Deps for this command, with the readers of the event stream that the flags ask for. */
  protected deps(flags: GlobalFlags, config?: FoundConfig): Deps {
    const deps = buildDeps({
      interruption: this.#interruption,
      stateDir: stateDirFor(flags["state-dir"], config),
      version: this.config.version,
      profile: flags.profile,
    })
    if (!flags.quiet && !this.jsonEnabled()) {
      const view = progressView({ stream: process.stderr, env: process.env, clock: systemClock, every })
      this.#views.push(view)
      deps.events.subscribe(view.reader)
    }
    if (flags.events !== undefined) deps.events.subscribe(eventsFile(flags.events, (line) => this.tell(line)))
    return deps
  }

  /** What `inventoryFrom` needs to read the policies that the flags name. */
  protected sources(flags: GlobalFlags): InventoryContext {
    return {
      config: () => this.findConfig(flags),
      deps: (config) => this.deps(flags, config),
      signal: this.signal,
    }
  }

  protected findConfig(flags: GlobalFlags): Promise<FoundConfig> {
    return findConfig(flags.config)
  }

  /** A line for people, on stderr. */
  protected tell(line: string): void {
    process.stderr.write(`${display(redact(line), 2_000)}\n`)
  }

  /** Replaces oclif's own, which exits 1 for every error under --json and prints its configuration. */
  protected override async _run<T>(): Promise<T> {
    try {
      await this.init()
      const result = await this.run()
      for (const view of this.#views) view.close()
      this.#deliver(result)
    } catch (thrown) {
      for (const view of this.#views) view.close()
      this.#report(thrown)
    } finally {
      this.#interruption.dispose()
    }
    return undefined as T
  }

  /** The exit code is set only after the result could be rendered: a result that cannot be printed is no success. */
  #deliver(result: CommandResult): void {
    if (this.jsonEnabled()) {
      const text = jsonLine(successEnvelope(result, this.#startedAt, isoStamp(systemClock.now())))
      process.exitCode = result.exit ?? EXIT.ok
      return this.#print(text)
    }
    const text = typeof result.text === "function" ? result.text() : result.text
    process.exitCode = result.exit ?? EXIT.ok
    this.#print(text)
    for (const warning of result.warnings ?? []) this.tell(`! ${warning}`)
  }

  /** After an interruption the signal is the error; what went wrong on the way out is told beside it. */
  #report(thrown: unknown): void {
    const reason: unknown = this.signal.aborted ? this.signal.reason : thrown
    const view = errorView(reason)
    const others = thrown === reason || isAbort(thrown) ? [] : [redact(messageOf(thrown))]
    process.exitCode = view.exit
    if (view.code === "E_EXIT" && view.exit === EXIT.ok) return
    if (this.jsonEnabled())
      this.#print(jsonLine(failureEnvelope(view, this.#startedAt, isoStamp(systemClock.now()), others)))
    else {
      process.stderr.write(errorText(view))
      for (const other of others) this.tell(`! while stopping: ${other}`)
    }
    if (process.env["DR_DEBUG"] && thrown instanceof Error) process.stderr.write(`${redact(thrown.stack ?? "")}\n`)
  }

  #print(text: string): void {
    if (text !== "") process.stdout.write(`${text}\n`)
  }
}

function isAbort(thrown: unknown): boolean {
  return (
    (thrown instanceof Error && thrown.name === "AbortError") ||
    (thrown instanceof DrError && thrown.code === "E_INTERRUPTED")
  )
}
