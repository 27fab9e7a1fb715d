import { Flags, type Interfaces } from "@oclif/core"

/** Flags that every command has. */
export const globalFlags = {
  config: Flags.string({ description: "path of dr.yaml", env: "DR_CONFIG", helpValue: "FILE", helpGroup: "GLOBAL" }),
  "state-dir": Flags.string({
    description: "folder for journals, evidence and locks (default: .dr beside dr.yaml)",
    env: "DR_STATE_DIR",
    helpValue: "DIR",
    helpGroup: "GLOBAL",
  }),
  events: Flags.string({
    description: "also append every event to FILE as NDJSON",
    helpValue: "FILE",
    helpGroup: "GLOBAL",
  }),
  quiet: Flags.boolean({ char: "q", description: "no progress on stderr", helpGroup: "GLOBAL" }),
  "no-input": Flags.boolean({ description: "never ask", env: "DR_NO_INPUT", helpGroup: "GLOBAL" }),
  profile: Flags.string({ description: "profile of the AWS configuration", helpValue: "NAME", helpGroup: "GLOBAL" }),
}

export type GlobalFlags = Interfaces.InferredFlags<typeof globalFlags>

/** For commands that act on one environment of dr.yaml. Never has a default. */
export const envFlag = {
  env: Flags.string({ char: "e", description: "environment of dr.yaml", env: "DR_ENV", helpValue: "NAME" }),
}

/** `-o` for the views that a command has, and `--out` to write the view to a file (mode 0600, by rename). */
export function outputFlags<const T extends string>(views: readonly T[], standard: NoInfer<T>) {
  return {
    output: Flags.option({ char: "o", description: "form of the result", options: views, default: standard })(),
    out: Flags.string({ description: "write the result to FILE instead of stdout", helpValue: "FILE" }),
  }
}
