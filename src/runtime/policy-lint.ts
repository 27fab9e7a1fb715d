import type { Expectations, LintReport } from "../access/lint/index.ts"
import type { PolicyKind } from "../access/statement.ts"
import { keyIdOf, roleNameOf, tryParseArn } from "../access/arn.ts"
import { isAccountId, isRegionName } from "../kernel/brands.ts"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { inventoryFrom, type InventoryContext, type InventoryFlags } from "./inventory-source.ts"
import { lintExpectations } from "./lint-expectations.ts"
import { readPolicyFiles, readVariables, renderVariables } from "./policy-files.ts"
import { systemClock } from "./system-clock.ts"

export interface LintFlags extends InventoryFlags {
  readonly kind?: PolicyKind | undefined
  readonly var?: readonly string[] | undefined
  readonly account?: string | undefined
  readonly key?: string | undefined
  readonly "recovery-role"?: readonly string[] | undefined
  readonly "break-glass"?: readonly string[] | undefined
  readonly "workload-role"?: readonly string[] | undefined
  readonly "recovery-region"?: readonly string[] | undefined
  readonly "declared-account"?: readonly string[] | undefined
  readonly organization?: string | undefined
  readonly "max-grant-age-days"?: number | undefined
}

export interface Linted {
  readonly report: LintReport
  /** Subjects that are files. */
  readonly files: ReadonlySet<string>
  readonly warnings: readonly string[]
}

/**
 * Policy files, or everything of the inventory that the flags name.
 * @throws DrError E_USAGE (64) for both or neither, and what reading files and inventories throws
 */
export async function lintWhatIsNamed(
  paths: readonly string[],
  flags: LintFlags,
  context: InventoryContext,
): Promise<Linted> {
  const sources = sourcesOf(flags)
  if (paths.length > 0 && sources.length > 0) throw usage(`files and ${sources.join(", ")} together`)
  if (paths.length > 0) return lintFiles(paths, flags, context.signal)
  if (sources.length === 0 && flags.env === undefined) throw usage("nothing says what to lint")
  if (flags.var !== undefined || flags.kind !== undefined) throw usage("--var and --kind are for files")
  return lintWorld(flags, context)
}

/** DR_ENV of a shell does not count beside files. */
function sourcesOf({ env, live, inventory, terraform, policies }: LintFlags): readonly string[] {
  return [
    ...(env === undefined || env === process.env["DR_ENV"] ? [] : ["-e"]),
    ...(live === true ? ["--live"] : []),
    ...(inventory === undefined ? [] : ["--inventory"]),
    ...(terraform === undefined ? [] : ["--terraform"]),
    ...(policies === undefined ? [] : ["--policies"]),
  ]
}

async function lintFiles(paths: readonly string[], flags: LintFlags, signal: AbortSignal | undefined): Promise<Linted> {
  const { kindOf, lintPolicy, lintReport } = await import("../access/lint/index.ts")
  const variables = readVariables(flags.var ?? [])
  const files = await readPolicyFiles(paths, signal)
  const facts = factsOf(flags)
  const used = new Set<string>()
  const judgements = files.map(({ name, text }) => {
    const rendered = renderVariables(text, variables)
    for (const each of rendered.used) used.add(each)
    return lintPolicy(rendered.text, flags.kind ?? kindOf(rendered.text), { ...facts, name })
  })
  const idle = [...variables.keys()].filter((name) => !used.has(name))
  return {
    report: lintReport(judgements),
    files: new Set(files.map(({ name }) => name).filter((name) => name !== "stdin")),
    warnings: idle.map((name) => `--var ${name}: no file has \${${name}}`),
  }
}

async function lintWorld(flags: LintFlags, context: InventoryContext): Promise<Linted> {
  const { lintInventory, lintReport } = await import("../access/lint/index.ts")
  const inventory = await inventoryFrom(flags, context)
  const promised = flags.env === undefined ? {} : await lintExpectations(await context.config(), flags.env, inventory)
  const judgements = lintInventory(inventory, { ...promised, ...factsOf(flags), now: systemClock.now() })
  return { report: lintReport(judgements), files: new Set(), warnings: [] }
}

const isRole = (text: string): boolean =>
  roleNameOf(text) !== undefined && isAccountId(tryParseArn(text)?.account ?? "")
const isKey = (text: string): boolean => keyIdOf(text) !== undefined && isAccountId(tryParseArn(text)?.account ?? "")

/** A fact that is misspelt would leave rules unjudged, or judge the wrong thing. */
function mustBe(flag: string, good: (text: string) => boolean, what: string, value: Given): void {
  const wrong = [value ?? []].flat().find((each) => !good(each))
  if (wrong !== undefined) throw usage(`--${flag} ${display(wrong)}: expected ${what}`)
}
type Given = string | readonly string[] | undefined

/** Only what was said: a fact that is not given leaves its rules unjudged. */
function factsOf(flags: LintFlags): Expectations {
  mustBe("account", isAccountId, "12 digits", flags.account)
  mustBe("declared-account", isAccountId, "12 digits", flags["declared-account"])
  mustBe("key", isKey, "the ARN of a key", flags.key)
  for (const flag of ["recovery-role", "break-glass", "workload-role"] as const)
    mustBe(flag, isRole, "the ARN of a role", flags[flag])
  mustBe("recovery-region", isRegionName, "a Region such as eu-west-1", flags["recovery-region"])
  mustBe("organization", (text) => /^o-[a-z0-9]+$/.test(text), "an id such as o-exampleorg1", flags.organization)
  const roles = [...(flags["recovery-role"] ?? []), ...(flags["break-glass"] ?? []), ...(flags["workload-role"] ?? [])]
  const accounts = roles.flatMap((arn) => /^arn:[^:]*:iam::(\d{12}):/.exec(arn)?.[1] ?? [])
  const declared = flags["declared-account"]
  return {
    ...given("account", flags.account),
    ...given("keyArn", flags.key),
    ...given("recoveryRoles", flags["recovery-role"]),
    ...given("breakGlassRoles", flags["break-glass"]),
    ...given("workloadRoles", flags["workload-role"]),
    ...given("recoveryRegions", flags["recovery-region"]),
    // Who names a role of an account has declared the account.
    ...given("declaredAccounts", declared === undefined ? undefined : [...new Set([...declared, ...accounts])]),
    ...given("organizationId", flags.organization),
    ...given("maxGrantAgeDays", flags["max-grant-age-days"]),
  }
}

const given = <K extends keyof Expectations>(
  name: K,
  value: NonNullable<Expectations[K]> | undefined,
): Pick<Expectations, K> | object => (value === undefined ? {} : { [name]: value })

function usage(why: string): DrError {
  return new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: why,
    hints: ["dr policy lint FILE…", "dr policy lint -e ENV [--live]", "dr policy lint --inventory FILE"],
  })
}
