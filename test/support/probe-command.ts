import { Args } from "@oclif/core"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand, envFlag, outputFlags } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"

const HOSTILE = "evil\u001b[2Jname"

/** A command that behaves as its argument says: the runtime is tested without any domain. */
export class Probe extends DrCommand {
  static override args = {
    how: Args.string({
      required: true,
      options: ["ok", "no", "deny", "hostile", "bug", "exit", "unprintable", "run", "wait", "wait-dirty"],
    }),
  }
  static override flags = { ...envFlag, ...outputFlags(["table", "json"], "table") }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(Probe)
    const ok: CommandResult = {
      kind: "Probe",
      data: { how: args.how, env: flags.env ?? null },
      text: () => `how ${args.how}`,
      warnings: ["look twice"],
    }
    switch (args.how) {
      case "no":
        return { ...ok, exit: EXIT.checkSaysNo }
      case "deny":
        throw new DrError({
          code: "E_ASSUME_ROLE",
          exit: EXIT.noPermission,
          message: "cannot assume the drill role with AKIAABCDEFGHIJKLMNOP",
          hints: ["dr doctor"],
          aws: { service: "sts", operation: "AssumeRole", status: 403 },
        })
      case "hostile":
        throw new DrError({ code: "E_OBJECT", message: `object ${HOSTILE} is gone\nsecond line` })
      case "bug":
        throw new TypeError("x is not a function")
      case "exit":
        return this.exit(3)
      case "unprintable":
        return { ...ok, data: { big: 10n } }
      case "run":
        return this.#run(flags)
      case "wait":
      case "wait-dirty":
        return this.#wait(args.how === "wait-dirty")
      default:
        return ok
    }
  }

  async #run(flags: Parameters<DrCommand["deps"]>[0]): Promise<CommandResult> {
    const deps = this.deps(flags)
    const journal = await deps.openJournal()
    deps.events.emit("run.started", {
      kind: "probe",
      env: "test",
      simulated: true,
      version: deps.version,
      trigger: "manual",
    })
    deps.events.emit("phase.finished", { drill: "p", phase: "method", result: "ok", durationMs: 1_500 })
    deps.events.emit("run.finished", { outcome: "passed" })
    const { path, events } = journal.close()
    return { kind: "Probe", data: { path, events }, text: path, run: deps.run, simulated: true }
  }

  async #wait(dirty: boolean): Promise<CommandResult> {
    const forever = setInterval(() => {}, 1_000)
    process.stderr.write("waiting\n")
    await new Promise((resolve) => this.signal.addEventListener("abort", resolve, { once: true }))
    clearInterval(forever)
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.stderr.write("cleaned up\n")
    if (dirty) throw new DrError({ code: "E_LEFT", message: "2 objects are left in the scratch prefix" })
    throw this.signal.reason
  }
}
