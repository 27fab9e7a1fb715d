import { Flags } from "@oclif/core"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { comparePolicies } from "../../src/keys/policy/compare.ts"
import { policyFiles } from "../../src/keys/policy/folder.ts"
import { renderPolicies } from "../../src/keys/policy/render.ts"
import type { RenderedPolicy } from "../../src/keys/policy/rendered.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { writeFiles } from "../../src/runtime/rendered-files.ts"
import { policyStatesText, renderedText } from "../../src/ui/policy-render-text.ts"

export default class PolicyRender extends DrCommand {
  static override summary = "the policies that dr.yaml stands for: keys, roles, buckets, organisation"
  static override description =
    "Prints them, writes them with --out into a folder that --policies reads, or says with --check whether AWS has them (exit 0; 2 when something differs; 3 when something could not be read). Nothing in AWS is changed."
  static override examples = [
    "<%= config.bin %> policy render -e prod",
    "<%= config.bin %> policy render -e prod --only primary",
    "<%= config.bin %> policy render -e prod --out policies/",
    "<%= config.bin %> policy render -e prod --check",
  ]
  static override flags = {
    ...envFlag,
    only: Flags.string({
      description: "a template (primary, recovery-role, …) or a part of the path; repeatable",
      multiple: true,
      helpValue: "WHAT",
    }),
    out: Flags.string({ description: "write the files into DIR", helpValue: "DIR", exclusive: ["check"] }),
    force: Flags.boolean({ description: "with --out: replace files that differ", dependsOn: ["out"] }),
    check: Flags.boolean({ description: "compare with AWS, read-only" }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(PolicyRender)
    const config = await this.findConfig(flags)
    const environment = environmentOf(loadEstate(config), flags.env)
    const rendered = selected(renderPolicies(environment), flags.only ?? [])
    const common = {
      kind: "PolicyRender",
      env: environment.name,
      config: { path: config.path, sha256: config.sha256 },
    }
    if (flags.check) {
      const { liveInventory } = await import("../../src/runtime/live-inventory.ts")
      const { inventory } = await liveInventory(this.deps(flags, config), config, environment.name)
      const states = comparePolicies(rendered, inventory)
      return {
        ...common,
        simulated: environment.simulated,
        data: { current: states.every(({ state }) => state === "current"), policies: states },
        text: () => policyStatesText(states),
        exit: exitOf(states),
      }
    }
    if (flags.out !== undefined) {
      const written = await writeFiles(policyFiles(environment, rendered), flags.out, flags.force)
      return { ...common, data: { written }, text: written.map((path) => `wrote ${path}`).join("\n") }
    }
    return { ...common, data: { policies: rendered }, text: () => renderedText(rendered) }
  }
}

function exitOf(states: ReturnType<typeof comparePolicies>) {
  if (states.some(({ state }) => state === "unreadable")) return EXIT.checkSaysNo
  return states.every(({ state }) => state === "current") ? EXIT.ok : EXIT.changesPending
}

function selected(rendered: readonly RenderedPolicy[], wanted: readonly string[]): readonly RenderedPolicy[] {
  if (wanted.length === 0) return rendered
  const found = rendered.filter(({ template, path }) => wanted.some((each) => template === each || path.includes(each)))
  if (found.length > 0) return found
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `no policy is ${wanted.join(" or ")}`,
    hints: [`templates: ${[...new Set(rendered.map(({ template }) => template))].join(", ")}`],
  })
}
