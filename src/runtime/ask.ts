import { createInterface, type Interface } from "node:readline"
import { Flags } from "@oclif/core"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** Of commands that change something. `--yes` answers for what has a way back, `--confirm` for what has none. */
export const consentFlags = {
  yes: Flags.boolean({ char: "y", description: "change without asking, where there is a way back" }),
  confirm: Flags.string({
    description: "change what has no way back: the alias, typed again",
    helpValue: "ALIAS",
  }),
}

export interface Asking {
  /** `flags["no-input"]`, or --json: then nothing is asked. */
  readonly silent: boolean
  readonly signal: AbortSignal
}

/** What a person is asked and answers. Questions go to stderr; stdout is the result's. */
export class Prompt {
  readonly #asking: Asking
  #lines: AsyncIterator<string> | undefined
  #reader: Interface | undefined

  constructor(asking: Asking) {
    this.#asking = asking
  }

  get #terminal(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY && !this.#asking.silent
  }

  /**
   * Goes on only with consent: `--yes`, or y at the terminal. Nothing else is a yes.
   * @throws DrError E_UNCONFIRMED (64): nothing was done
   */
  async agree(question: string, yes: boolean | undefined): Promise<void> {
    if (yes === true) return
    if (!this.#terminal) throw unconfirmed(question, "pass --yes, or answer at a terminal")
    if (!/^y(es)?$/i.test((await this.#ask(`${question} [y/N] `)).trim()))
      throw unconfirmed(question, "nothing was done")
  }

  /**
   * For what has no way back: the alias must be typed, or given with `--confirm`; `--yes` does not count.
   * @throws DrError E_UNCONFIRMED (64): nothing was done
   */
  async agreeByName(question: string, alias: string, confirmed: string | undefined): Promise<void> {
    if (confirmed === alias) return
    if (confirmed !== undefined)
      throw unconfirmed(question, `--confirm says ${display(JSON.stringify(confirmed))}, expected --confirm ${alias}`)
    if (!this.#terminal) throw unconfirmed(question, `pass --confirm ${alias}, or answer at a terminal`)
    const typed = (await this.#ask(`${question}\nType ${alias} to go on: `)).trim()
    if (typed !== alias) throw unconfirmed(question, "another name was typed; nothing was done")
  }

  /** One line: at the terminal after `question`, else the next one of stdin. @throws DrError E_NO_INPUT (64) at its end */
  async line(question: string): Promise<string> {
    if (process.stdin.isTTY && !this.#terminal) throw noInput(question)
    const typed = await this.#ask(this.#terminal ? question : "")
    return typed.trim()
  }

  close(): void {
    this.#reader?.close()
    process.stdin.pause()
  }

  async #ask(question: string): Promise<string> {
    this.#reader ??= createInterface({ input: process.stdin, terminal: false })
    this.#lines ??= this.#reader[Symbol.asyncIterator]()
    if (question !== "") process.stderr.write(display(question, 4_000).replaceAll("\\u{a}", "\n"))
    const { signal } = this.#asking
    const stopped = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true })
    })
    signal.throwIfAborted()
    const answer = await Promise.race([this.#lines.next(), stopped])
    if (answer.done === true) throw noInput(question)
    return answer.value
  }
}

function unconfirmed(question: string, why: string): DrError {
  return new DrError({
    code: "E_UNCONFIRMED",
    exit: EXIT.usage,
    message: `not confirmed: ${question.split("\n")[0]}: ${why}`,
    hints: ["nothing was changed"],
  })
}

function noInput(question: string): DrError {
  return new DrError({
    code: "E_NO_INPUT",
    exit: EXIT.usage,
    message: `stdin ended before it answered${question === "" ? "" : `: ${question.trim()}`}`,
    hints: ["one answer a line, in the order of the questions"],
  })
}
