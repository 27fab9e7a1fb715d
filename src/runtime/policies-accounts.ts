import { z } from "zod"
import { isAccountId, type AccountId } from "../kernel/brands.ts"
import { display } from "../kernel/display.ts"
import { badInput } from "./input-text.ts"

/** accounts.json of a policies folder: who owns what, and what stands above an account. */

const id = z.string().refine(isAccountId, "expected 12 digits")
const names = z.array(z.string().min(1)).default([])

const Schema = z.strictObject({
  organization: z.strictObject({ id: z.string().min(1), managementAccount: id.exactOptional() }).exactOptional(),
  accounts: z.record(
    id,
    z.strictObject({
      name: z.string().min(1).exactOptional(),
      orgPath: z.string().min(1).exactOptional(),
      /** From the root downward, as the files of scps/ and rcps/ name them. */
      levels: names,
      keys: names,
      roles: names,
      buckets: names,
    }),
  ),
})
export type Accounts = z.infer<typeof Schema>

/** @throws DrError E_INPUT (78) */
export function readAccounts(path: string, value: unknown): Accounts {
  const read = Schema.safeParse(value)
  if (read.success && Object.keys(read.data.accounts).length > 0) return read.data
  const issues = read.success
    ? ["accounts: name at least one account"]
    : read.error.issues.map((issue) => {
        const message = issue.code === "invalid_key" ? "expected 12 digits" : issue.message
        return `${issue.path.map((part) => display(String(part))).join(".")}: ${message}`
      })
  throw badInput(path, issues.join("; "), ["see docs/policies-folder.md"])
}

/** Says which account a file belongs to. */
export interface Owners {
  /** `name` without the account; of a role with its path. @throws DrError E_INPUT when nobody says whose it is */
  of(kind: "keys" | "roles" | "buckets", file: string, stem: string): { name: string; account: AccountId }
}

/** `NAME@123456789012` says it itself; else the list in accounts.json; else there is only one account. */
export function owners(path: string, { accounts }: Accounts): Owners {
  const ids = Object.keys(accounts) as AccountId[]
  const only = ids.length === 1 ? ids[0] : undefined
  return {
    of(kind, file, stem) {
      const [, plain = stem, named] = /^(.+)@(\d{12})$/.exec(stem) ?? []
      const listed = ids.flatMap((account) =>
        (accounts[account]?.[kind] ?? [])
          .filter((entry) => (kind === "roles" ? entry.slice(entry.lastIndexOf("/") + 1) : entry) === plain)
          .map((name) => ({ name, account })),
      )
      if (named !== undefined) {
        if (!(named in accounts)) throw badInput(file, `accounts.json has no account ${named}`)
        return listed.find(({ account }) => account === named) ?? { name: plain, account: named as AccountId }
      }
      const [first, second] = listed
      if (first !== undefined && second === undefined) return first
      if (first === undefined && only !== undefined) return { name: plain, account: only }
      throw badInput(file, first === undefined ? `no account of ${path} lists it` : `two accounts of ${path} list it`, [
        `add ${JSON.stringify(plain)} to "${kind}" of one account, or name it ${plain}@ACCOUNT`,
      ])
    },
  }
}

/** The level that `LEVEL-NAME` begins with: the longest that an account names, or an account id. */
export function levelOf(file: string, stem: string, { accounts }: Accounts): string {
  const known = [...new Set(Object.entries(accounts).flatMap(([account, { levels }]) => [...levels, account]))]
  const [level] = known.filter((each) => stem.startsWith(`${each}-`)).sort((a, b) => b.length - a.length)
  if (level !== undefined) return level
  throw badInput(file, "its name begins with no level of accounts.json", [
    `name it LEVEL-NAME.json, LEVEL one of ${known.map((each) => display(each)).join(", ")}`,
  ])
}
