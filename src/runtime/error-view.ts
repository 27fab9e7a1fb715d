import { stripVTControlCharacters } from "node:util"
import { display } from "../kernel/display.ts"
import { DrError, messageOf, type AwsCallFacts } from "../kernel/errors.ts"
import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import { redact } from "../kernel/redact.ts"

/** An error as programs read it: the `error` of the envelope. */
export interface ErrorView {
  readonly code: string
  readonly message: string
  readonly exit: ExitCode
  readonly hints: readonly string[]
  readonly aws?: AwsCallFacts
  readonly details?: unknown
}

/** Anything thrown, as people and programs are told. What is neither ours nor the parser's is a bug and says so. */
export function errorView(thrown: unknown): ErrorView {
  if (thrown instanceof DrError) {
    const { code, exit, hints, aws, details } = thrown
    return {
      code,
      message: redact(thrown.message),
      exit,
      hints: hints.map(redact),
      ...(aws === undefined ? {} : { aws }),
      ...(details === undefined ? {} : { details }),
    }
  }
  return parserError(thrown) ?? bug(thrown)
}

/** For a terminal: the message with its lines kept and everything else that moves a cursor shown as text. */
export function errorText(view: ErrorView): string {
  const message = view.message
    .split("\n")
    .map((line) => display(line, 2_000))
    .join("\n  ")
  return [`✕ ${message}`, ...view.hints.map((hint) => `  next: ${display(hint)}`), ""].join("\n")
}

function bug(thrown: unknown): ErrorView {
  return {
    code: "E_BUG",
    message: redact(messageOf(thrown)),
    exit: EXIT.failed,
    hints: ["this is a fault of dr itself: run again with DR_DEBUG=1 and report the stack"],
  }
}

/**
 * oclif's own errors carry `oclif.exit`. The parser's are usage, whatever number oclif gives them; `this.exit(n)` keeps
 * its number if it is one of ours.
 */
function parserError(thrown: unknown): ErrorView | undefined {
  const { oclif, parse, code } = thrown as { oclif?: { exit?: number }; parse?: unknown; code?: string }
  if (oclif === undefined && parse === undefined) return undefined
  if (code === "EEXIT") return { code: "E_EXIT", message: "stopped", exit: ownExit(oclif?.exit), hints: [] }
  return {
    code: "E_USAGE",
    message: redact(parserMessage(messageOf(thrown))),
    exit: EXIT.usage,
    hints: ["add --help to see what the command takes"],
  }
}

function ownExit(exit: number | undefined): ExitCode {
  return Object.values(EXIT).find((known) => known === exit) ?? EXIT.failed
}

/** `Nonexistent flag: --x\nSee more help with --help` → `nonexistent flag: --x` */
function parserMessage(message: string): string {
  const lines = stripVTControlCharacters(message)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("See more help"))
  const [first = "", ...more] = lines
  const text = `${first} ${more.map((line) => line.replace(/ {2,}/, ": ")).join("; ")}`
    .replace(/^The following errors? occurred:\s*/, "")
    // Its advice on flags that swallow arguments: ours take one value each.
    .replace(/;? ?Note: (--[\w-]+,? ?(and )?)+allows? multiple values\..*$/, "")
    .trim()
    .replace(/\.$/, "")
  return text === "" ? "wrong usage" : text.charAt(0).toLowerCase() + text.slice(1)
}
