import { readdir } from "node:fs/promises"
import { join, sep } from "node:path"
import { keyArn, roleArn } from "../access/arn.ts"
import type {
  Gap,
  Inventory,
  InventoryBucket,
  InventoryKey,
  InventoryPrincipal,
  NamedPolicy,
} from "../access/inventory.ts"
import { isBucketName, isRegionName } from "../kernel/brands.ts"
import { display } from "../kernel/display.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { badInput, readInput } from "./input-text.ts"
import { parseInput } from "./json-input.ts"
import { levelOf, owners, readAccounts, type Accounts, type Owners } from "./policies-accounts.ts"

const DOCS = "see docs/policies-folder.md for the names of the files"

/**
 * A folder of policy files as an inventory. A file whose name means nothing is refused: it would be a policy that nobody
 * asks. What the folder does not hold does not exist, except the trust policy of a role, without which nobody can say
 * who may become it.
 * @throws DrError E_READ (1), E_INPUT (78)
 */
export async function inventoryFromFolder(folder: string): Promise<Inventory> {
  const files = await filesBelow(folder)
  if (!files.includes("accounts.json"))
    throw badInput(folder, "accounts.json is missing: nothing says which account a policy belongs to", [DOCS])
  const accountsPath = join(folder, "accounts.json")
  const accounts = readAccounts(accountsPath, parseInput(accountsPath, await readInput(accountsPath)))
  const found = new Found(owners(accountsPath, accounts), accounts)
  for (const path of files) {
    if (path !== "accounts.json") found.add(folder, path, await readInput(join(folder, path)))
  }
  return found.inventory(folder)
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new DrError({
      code: "E_READ",
      exit: EXIT.failed,
      message: `cannot read the folder ${display(folder)}: ${messageOf(cause)}`,
      hints: [DOCS],
      cause,
    })
  })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length).split(sep).join("/"))
    .filter((path) => !path.endsWith(".md") && !path.split("/").some((part) => part.startsWith(".")))
    .sort()
}

/** Collects one file after the other. */
class Found {
  readonly #owners: Owners
  readonly #accounts: Accounts
  readonly #keys: InventoryKey[] = []
  readonly #buckets: InventoryBucket[] = []
  readonly #roles = new Map<string, InventoryPrincipal>()
  readonly #levels = { scps: new Map<string, NamedPolicy[]>(), rcps: new Map<string, NamedPolicy[]>() }

  constructor(owned: Owners, accounts: Accounts) {
    this.#owners = owned
    this.#accounts = accounts
  }

  add(folder: string, path: string, document: string): void {
    const file = join(folder, path)
    const policy = { name: path, document }
    const [kind = "", ...rest] = path.split("/")
    const name = rest.join("/")
    if (!name.endsWith(".json")) throw badInput(file, "its name means nothing here", [DOCS])
    const stem = name.slice(0, -".json".length)
    if (kind === "keys") return void this.#keys.push(this.#key(file, stem, policy))
    if (kind === "roles") return this.#role(file, stem, policy)
    if (kind === "buckets") return void this.#buckets.push(this.#bucket(file, stem, policy))
    if (kind === "scps" || kind === "rcps") return this.#level(kind, file, stem, policy)
    throw badInput(file, "its name means nothing here", [DOCS])
  }

  #key(file: string, stem: string, policy: NamedPolicy): InventoryKey {
    const { name, account } = this.#owners.of("keys", file, stem)
    const [alias = "", region = "", ...more] = name.split("@")
    if (alias === "" || !isRegionName(region) || more.length > 0)
      throw badInput(file, "a key's file is named ALIAS@REGION.json, the alias without alias/", [DOCS])
    return {
      arn: keyArn(region, account, alias),
      account,
      region,
      aliases: [`alias/${alias}`],
      policy,
      grants: [],
    }
  }

  #role(file: string, stem: string, policy: NamedPolicy): void {
    const [folder = "", part = "", ...more] = stem.split("/")
    if (more.length > 0 || !/^(trust|boundary|identity-.+)$/.test(part))
      throw badInput(file, "a role has trust.json, boundary.json and identity-NAME.json", [DOCS])
    const { name, account } = this.#owners.of("roles", file, folder)
    const arn = roleArn(account, name)
    const role = this.#roles.get(arn) ?? { arn, account, identity: [] }
    this.#roles.set(arn, {
      ...role,
      ...(part === "trust" ? { trust: policy } : {}),
      ...(part === "boundary" ? { boundary: policy } : {}),
      ...(part.startsWith("identity-") ? { identity: [...role.identity, policy] } : {}),
    })
  }

  #bucket(file: string, stem: string, policy: NamedPolicy): InventoryBucket {
    const { name, account } = this.#owners.of("buckets", file, stem)
    if (!isBucketName(name)) throw badInput(file, `${JSON.stringify(display(name))} is no bucket name`, [DOCS])
    return { name, account, policy }
  }

  #level(kind: "scps" | "rcps", file: string, stem: string, policy: NamedPolicy): void {
    const level = levelOf(file, stem, this.#accounts)
    this.#levels[kind].set(level, [...(this.#levels[kind].get(level) ?? []), policy])
  }

  inventory(folder: string): Inventory {
    const levels = (kind: "scps" | "rcps", id: string, above: readonly string[]) =>
      [...above, id].flatMap((target) => {
        const policies = this.#levels[kind].get(target)
        return policies === undefined ? [] : [{ target, policies }]
      })
    const { organization, accounts } = this.#accounts
    const roles = [...this.#roles.values()]
    return {
      source: `policies ${folder}`,
      ...(organization === undefined ? {} : { organization }),
      accounts: Object.entries(accounts).map(([id, { name, orgPath, levels: above }]) => ({
        id,
        ...(name === undefined ? {} : { name }),
        ...(orgPath === undefined ? {} : { orgPath }),
        scps: levels("scps", id, above),
        rcps: levels("rcps", id, above),
      })),
      principals: roles,
      keys: this.#keys,
      buckets: this.#buckets,
      gaps: roles.filter((role) => role.trust === undefined).map(noTrust),
    }
  }
}

const noTrust = ({ arn }: InventoryPrincipal): Gap => ({
  subject: arn,
  what: "trust",
  why: "the folder has no trust.json for it",
})
