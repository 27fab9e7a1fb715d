import { Flags } from "@oclif/core"
import type { Inventory } from "../access/inventory.ts"
import type { FoundConfig } from "../estate/discover.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { Deps } from "./deps.ts"
import { envFlag } from "./flags.ts"

/** Where the policies come from: exactly one of them. */
export const inventoryFlags = {
  ...envFlag,
  live: Flags.boolean({ description: "read AWS, read-only, for what -e names" }),
  inventory: Flags.string({ description: "an inventory or a snapshot of one", helpValue: "FILE" }),
  terraform: Flags.string({ description: "`terraform show -json` of a plan or a state", helpValue: "FILE" }),
  policies: Flags.string({ description: "a folder of policy files (docs/policies-folder.md)", helpValue: "DIR" }),
}

export interface InventoryFlags {
  readonly env?: string | undefined
  readonly live?: boolean | undefined
  readonly inventory?: string | undefined
  readonly terraform?: string | undefined
  readonly policies?: string | undefined
}

/** What only some sources need; asked for when one of them is chosen. */
export interface InventoryContext {
  /** `() => this.findConfig(flags)`: for -e and --live. */
  readonly config: () => Promise<FoundConfig>
  /** `(config) => this.deps(flags, config)`: for --live. */
  readonly deps: (config: FoundConfig) => Deps
  /** Ends the wait for a pipe. */
  readonly signal?: AbortSignal
}

type FileSource = "inventory" | "terraform" | "policies"
const FILE_SOURCES = ["inventory", "terraform", "policies"] as const

/**
 * The inventory that the flags ask for. Each loader is imported only when it is the one.
 * @throws DrError E_USAGE (64) for no source or two, E_READ (1), E_INPUT, E_INVENTORY, E_SNAPSHOT, E_CONFIG (78), E_CREDENTIALS (77)
 */
export async function inventoryFrom(flags: InventoryFlags, context: InventoryContext): Promise<Inventory> {
  const file = fileSourceOf(flags)
  if (file !== undefined) return fromFile(file.source, file.path, context.signal)
  if (flags.env === undefined)
    throw usage(flags.live ? "--live without -e" : "nothing says where the policies come from")
  const config = await context.config()
  if (flags.live !== true) return asRendered(config, flags.env)
  const { liveInventory } = await import("./live-inventory.ts")
  return (await liveInventory(context.deps(config), config, flags.env)).inventory
}

/** The policies that dr.yaml stands for, whether or not they are in AWS. */
async function asRendered(config: FoundConfig, env: string): Promise<Inventory> {
  const [{ loadEstate }, { environmentOf }, { renderedInventory }] = await Promise.all([
    import("../estate/load.ts"),
    import("../estate/topology.ts"),
    import("../keys/rendered-inventory.ts"),
  ])
  return renderedInventory(environmentOf(loadEstate(config), env))
}

/** DR_ENV of a shell is no second source beside a file; a typed -e is, unless it says the same. */
function fileSourceOf(flags: InventoryFlags): { source: FileSource; path: string } | undefined {
  const [first, second] = FILE_SOURCES.filter((source) => flags[source] !== undefined)
  if (first === undefined) return undefined
  if (second !== undefined) throw usage(`--${first} and --${second} together`)
  if (flags.live === true) throw usage(`--${first} and --live together`)
  if (flags.env !== undefined && flags.env !== process.env["DR_ENV"])
    throw usage(`--${first} and -e ${flags.env} together`)
  return { source: first, path: flags[first] ?? "" }
}

async function fromFile(source: FileSource, path: string, signal: AbortSignal | undefined): Promise<Inventory> {
  switch (source) {
    case "inventory":
      return (await import("./inventory-file.ts")).inventoryFromFile(path, signal)
    case "policies":
      return (await import("./policies-folder.ts")).inventoryFromFolder(path)
    case "terraform":
      return (await import("./terraform-inventory.ts")).inventoryFromTerraform(path, signal)
  }
}

function usage(why: string): DrError {
  return new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `${why}: name exactly one source of policies`,
    hints: ["one of -e ENV, -e ENV --live, --inventory FILE, --terraform FILE, --policies DIR"],
  })
}
