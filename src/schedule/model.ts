import { sha256Hex } from "../kernel/digest.ts"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { Millis } from "../kernel/units.ts"
import { parseCron } from "./cron-fields.ts"
import { assertTimeZone } from "./slots.ts"

interface ScheduleEntry {
  readonly drill: string
  readonly cron: string
  readonly timezone: string
  readonly graceMs: Millis
}

export interface ScheduleInput {
  readonly env: string
  /** Path of dr.yaml where the drill will run. */
  readonly config: string
  /** Of the bytes of dr.yaml that were read; stands in every file when it is given. */
  readonly configSha256?: string
  /** Path of `dr` where the drill will run. */
  readonly binary: string
  /** Container image, for Kubernetes. */
  readonly image: string
  readonly entries: readonly ScheduleEntry[]
}

export interface RenderedFile {
  /** Relative to the folder that is written. */
  readonly path: string
  readonly content: string
}

export interface NamedEntry extends ScheduleEntry {
  /** `dr-drill-<env>--<drill>`; a drill with several schedules gets `-2`, `-3`. */
  readonly name: string
  readonly argv: readonly string[]
}

/** Five hours: no drill may run into the next night. */
export const LONGEST_RUN_S = 18_000
/** Where the state of scheduled runs is kept. */
export const STATE_DIR = "/var/lib/dr"

/** Every entry with its name and its command, once all of it has been found fit to be written into a file. @throws DrError E_SCHEDULE */
export function namedEntries(input: ScheduleInput): readonly NamedEntry[] {
  assertOneLine("env", input.env, /^[a-z0-9][a-z0-9-]*$/)
  assertOneLine("image", input.image, /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/)
  assertOneLine("config", input.config, /^\/[^\p{Cc}]*$/u)
  assertOneLine("binary", input.binary, /^\/[^\p{Cc}]*$/u)
  const taken = new Set<string>()
  return input.entries.map((entry) => {
    assertOneLine("drill", entry.drill, /^[a-z0-9][a-z0-9-]*$/)
    parseCron(entry.cron)
    assertTimeZone(entry.timezone)
    const argv = [input.binary, "drill", "run", entry.drill, "--env", input.env, "--trigger", "schedule", "--no-input"]
    return { ...entry, argv, name: freeName(`dr-drill-${input.env}--${entry.drill}`, taken) }
  })
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`
  taken.add(name)
  return name
}

function assertOneLine(what: string, value: string, shape: RegExp): void {
  if (shape.test(value)) return
  throw new DrError({
    code: "E_SCHEDULE",
    exit: EXIT.config,
    message: `${what} ${JSON.stringify(value)} cannot be written into a schedule`,
    hints: what === "config" || what === "binary" ? ["an absolute path"] : [],
  })
}

/** First lines of every rendered file. Without `input` for a file that the environments share. */
export function header(platform: string, input: ScheduleInput | undefined, notes: readonly string[] = []): string {
  const command = `dr drill schedule --for ${platform}${input === undefined ? "" : ` --env ${input.env}`}`
  const from =
    input?.configSha256 === undefined
      ? []
      : [`made from ${display(input.config)}, sha256 ${display(input.configSha256)}`]
  const advice = "Change dr.yaml and make it again; --check says whether this file is current."
  return [`made by: ${command}`, ...from, advice, ...notes].map((line) => `# ${line}\n`).join("")
}

/** A name within Kubernetes' 52 characters for CronJobs; a long one keeps its start and gets a digest. */
export function kubernetesName(name: string): string {
  if (name.length <= 52 && !name.endsWith("-")) return name
  return `${name.slice(0, 43).replace(/-+$/, "")}-${sha256Hex(name).slice(0, 8)}`
}
