import { hoistGlobalFlags } from "../../src/runtime/argv.ts"
import { guardProcess } from "../../src/runtime/process-guard.ts"
import { Probe } from "./probe-command.ts"
import { strippedConfig } from "./stripped-config.ts"

guardProcess()
await Probe.run(hoistGlobalFlags(process.argv.slice(2)), await strippedConfig())
