import { readdir } from "node:fs/promises"
import { join, resolve } from "node:path"
import { Flags } from "@oclif/core"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import { DrError, messageOf } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { writeFiles } from "../../src/runtime/rendered-files.ts"
import { readIfThere } from "../../src/runtime/state-folder.ts"
import { compareFiles } from "../../src/schedule/compare.ts"
import type { RenderedFile } from "../../src/schedule/model.ts"
import { PLATFORMS, renderSchedule } from "../../src/schedule/render.ts"

export default class DrillSchedule extends DrCommand {
  static override summary = "files with which your platform's scheduler runs the drills of dr.yaml"
  static override description =
    "Prints the files, writes them with --out, or says with --check whether installed ones are current (exit 0 or 2)."
  static override examples = [
    "<%= config.bin %> drill schedule --for systemd -e prod --out units/",
    "<%= config.bin %> drill schedule --for kubernetes -e prod --image registry.example/dr:1.0.0",
    "<%= config.bin %> drill schedule --for systemd -e prod --check /etc/systemd/system",
  ]
  static override flags = {
    ...envFlag,
    for: Flags.option({ description: "the scheduler", options: PLATFORMS, required: true })(),
    out: Flags.string({ description: "write the files into DIR", helpValue: "DIR", exclusive: ["check"] }),
    force: Flags.boolean({ description: "with --out: replace files that differ", dependsOn: ["out"] }),
    check: Flags.string({ description: "compare with the files in DIR, change nothing", helpValue: "DIR" }),
    binary: Flags.string({ description: "path of dr where the drills run", default: "/usr/bin/dr", helpValue: "PATH" }),
    image: Flags.string({ description: "container image, for Kubernetes", helpValue: "IMAGE" }),
    "config-there": Flags.string({
      description: "path of dr.yaml where the drills run (default: its path here; for Kubernetes /etc/dr/dr.yaml)",
      helpValue: "PATH",
    }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(DrillSchedule)
    const found = await this.findConfig(flags)
    const { name: env, drills } = environmentOf(loadEstate(found), flags.env)
    if (drills.length === 0) throw nothingScheduled(env)
    if (flags.for === "kubernetes" && flags.image === undefined) throw imageMissing(env)
    const files = renderSchedule(flags.for, {
      env,
      config: flags["config-there"] ?? (flags.for === "kubernetes" ? "/etc/dr/dr.yaml" : resolve(found.path)),
      configSha256: found.sha256,
      binary: flags.binary,
      image: flags.image ?? "none",
      entries: drills.map(({ drill, cron, timezone, grace }) => ({ drill, cron, timezone, graceMs: grace })),
    })
    const common = { kind: "DrillSchedule", env, config: { path: found.path, sha256: found.sha256 } }
    if (flags.check !== undefined) return { ...common, ...(await check(env, files, flags.check)) }
    if (flags.out !== undefined) return { ...common, ...(await write(files, flags.out, flags.force)) }
    const title = (path: string): string => (flags.for === "kubernetes" ? `---\n# file: ${path}` : `# file: ${path}`)
    return {
      ...common,
      data: { files },
      text: files
        .map(({ path, content }) => `${title(path)}\n${content}`)
        .join("\n")
        .trimEnd(),
    }
  }
}

async function write(files: readonly RenderedFile[], folder: string, force: boolean) {
  const written = await writeFiles(files, folder, force)
  return { data: { written }, text: written.map((path) => `wrote ${path}`).join("\n") }
}

async function check(env: string, files: readonly RenderedFile[], folder: string) {
  const present = await readdir(folder).catch((cause: unknown) => {
    const message = `cannot read the folder ${folder}: ${messageOf(cause)}`
    throw new DrError({ code: "E_READ", exit: EXIT.config, message, cause })
  })
  const expected = new Set(files.map((file) => file.path))
  const installed = new Map<string, string>()
  for (const path of present) {
    if (!expected.has(path) && !path.startsWith(`dr-drill-${env}--`)) continue
    const content = await readIfThere(join(folder, path))
    if (content !== undefined) installed.set(path, content)
  }
  const states = compareFiles(env, files, installed)
  const current = states.every((file) => file.state === "current")
  const text = states.map((file) => `${file.state === "current" ? "✓" : "✕"} ${file.path}: ${file.state}`).join("\n")
  return { data: { current, files: states }, text, exit: current ? EXIT.ok : EXIT.changesPending }
}

function nothingScheduled(env: string): DrError {
  return new DrError({
    code: "E_NOTHING_TO_SCHEDULE",
    exit: EXIT.config,
    message: `environment ${env} schedules no drill in dr.yaml`,
    hints: [`environments.${env}.drills: [{ drill: loki-sample, cron: "17 2 * * 1" }]`],
  })
}

function imageMissing(env: string): DrError {
  return new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: "a CronJob needs a container image",
    hints: [`dr drill schedule --for kubernetes -e ${env} --image registry.example/dr:1.0.0`],
  })
}
