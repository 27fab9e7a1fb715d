import { posix } from "node:path"

/** Reads imports from source text and judges them by the house plan. Knows nothing of the disk: modules come in as path and text. */

export type Modules = ReadonlyMap<string, string>

interface Import {
  readonly from: string
  /** A path from the repository's root for a relative import, else the package as it is written. */
  readonly to: string
  readonly relative: boolean
  readonly typeOnly: boolean
}

/** What each folder of src may import besides itself. `types` may be imported with `import type` only. */
interface Allowance {
  readonly folders: readonly string[]
  readonly files?: readonly string[]
  readonly types?: readonly string[]
}

const DOMAINS = [
  "access",
  "audit",
  "drill",
  "estate",
  "evidence",
  "incident",
  "keys",
  "restore",
  "rto",
  "schedule",
  "services",
]
const PLANNERS: Allowance = { folders: ["estate", "access", "kernel"] }
const ACTORS: Allowance = { folders: ["restore", "keys", "access", "rto", "evidence", "estate", "kernel"] }
const VIEWS: Allowance = { folders: ["kernel"], types: DOMAINS }

const MAY_IMPORT: Readonly<Record<string, Allowance>> = {
  kernel: { folders: [] },
  access: { folders: ["kernel"] },
  estate: { folders: ["access", "kernel"] },
  rto: { folders: ["kernel"] },
  evidence: { folders: ["kernel"] },
  keys: PLANNERS,
  restore: PLANNERS,
  services: PLANNERS,
  audit: PLANNERS,
  schedule: PLANNERS,
  drill: ACTORS,
  incident: ACTORS,
  aws: {
    folders: ["kernel", "access"],
    files: [
      "src/drill/ports.ts",
      "src/demo/ports.ts",
      "src/keys/inventory-port.ts",
      "src/keys/ports.ts",
      "src/restore/bucket-facts.ts",
      "src/restore/data-plane.ts",
      "src/restore/fence/fence-store.ts",
      "src/restore/objects.ts",
      "src/restore/batch/ports.ts",
      "src/restore/rewrap/ports.ts",
    ],
  },
  ui: VIEWS,
  report: VIEWS,
  sandbox: { folders: ["kernel", "access"] },
  demo: {
    folders: ["kernel", "access", "drill", "estate", "keys", "rto", "evidence", "report", "runtime", "aws", "ui"],
  },
  runtime: { folders: [...DOMAINS, "kernel", "aws", "demo", "report", "ui"] },
}

/** Every command may read dr.yaml (estate) besides the one domain that it is about. */
const COMMANDS_ALWAYS = ["runtime", "ui", "report", "kernel", "estate"]

export function importsOf(from: string, text: string): Import[] {
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean): void => {
    const relative = specifier.startsWith(".")
    found.push({ from, to: relative ? posix.join(posix.dirname(from), specifier) : specifier, relative, typeOnly })
  }
  for (const { groups } of text.matchAll(
    /^[ \t]*(?:import|export)\b(?<clause>[^"'`;]*?)\bfrom\s*["'](?<specifier>[^"'\n]+)["']/gm,
  ))
    add(groups?.["specifier"] ?? "", /^\s*type\b/.test(groups?.["clause"] ?? ""))
  for (const { groups } of text.matchAll(/^[ \t]*import\s*["'](?<specifier>[^"'\n]+)["']/gm))
    add(groups?.["specifier"] ?? "", false)
  for (const { groups } of text.matchAll(/(?<type>\btypeof\s+)?\bimport\s*\(\s*["'`](?<specifier>[^"'`\n]+)["'`]/g))
    add(groups?.["specifier"] ?? "", groups?.["type"] !== undefined)
  return found
}

/** Everything wrong with these modules, each as one line `file -> target: why`, sorted. */
export function problemsOf(modules: Modules): string[] {
  const problems: string[] = []
  const imports = [...modules].flatMap(([path, text]) => importsOf(path, text))
  for (const one of imports) {
    const why = one.relative ? relativeProblem(one, modules) : packageProblem(one)
    if (why !== undefined) problems.push(`${one.from} -> ${one.to}: ${why}`)
  }
  for (const [path, text] of modules) {
    if (/\bimport\s*\(\s*[^"'`\s]/.test(text)) problems.push(`${path}: imports a computed name, which nobody can check`)
    if (path.startsWith("src/") && path.split("/").length > 2 && MAY_IMPORT[folderOf(path)] === undefined)
      problems.push(`${path}: folder ${folderOf(path)} is not in the plan`)
  }
  return [...problems, ...commandProblems(imports), ...cyclesOf(imports)].toSorted()
}

function relativeProblem({ from, to, typeOnly }: Import, modules: Modules): string | undefined {
  if (to === "package.json") return undefined
  if (!modules.has(to)) return "no such module"
  if (to.startsWith("commands/")) return "commands are loaded by oclif, nobody imports them"
  const target = folderOf(to)
  if (from.startsWith("commands/")) return commandTargetProblem(from, target)
  const source = folderOf(from)
  if (source === target) return undefined
  if (source === "")
    return ["runtime", "kernel"].includes(target) ? undefined : "an entry may import only runtime and kernel"
  if (target === "sandbox") return "only commands/sandbox may import the sandbox"
  const { folders = [], files = [], types = [] } = MAY_IMPORT[source] ?? {}
  if (folders.includes(target) || files.includes(to) || (typeOnly && types.includes(target))) return undefined
  return types.includes(target)
    ? `${source} may import only types of ${target}`
    : `${source} may not import ${target === "" ? "an entry" : target}`
}

function commandTargetProblem(from: string, target: string): string | undefined {
  if (from.startsWith("commands/sandbox/") && ["sandbox", "demo", "access"].includes(target)) return undefined
  if (target === "sandbox") return "only commands/sandbox may import the sandbox"
  return [...COMMANDS_ALWAYS, ...DOMAINS].includes(target)
    ? undefined
    : `commands may not import ${target === "" ? "an entry" : target}`
}

/** A command is about one domain. */
function commandProblems(imports: readonly Import[]): string[] {
  const domains = new Map<string, Set<string>>()
  for (const { from, to, relative } of imports) {
    const target = folderOf(to)
    if (!relative || !from.startsWith("commands/") || COMMANDS_ALWAYS.includes(target) || !DOMAINS.includes(target))
      continue
    domains.set(from, (domains.get(from) ?? new Set()).add(target))
  }
  return [...domains]
    .filter(([, targets]) => targets.size > 1)
    .map(([from, targets]) => `${from}: more than one domain: ${[...targets].toSorted().join(", ")}`)
}

function packageProblem({ from, to }: Import): string | undefined {
  if (to.startsWith("@aws-sdk/") && folderOf(from) !== "aws") return "only src/aws may import the AWS SDK"
  if (to === "p-limit" && from !== "src/kernel/concurrency.ts")
    return "only src/kernel/concurrency.ts may import p-limit"
  return undefined
}

/** `drill` for src/drill/phases/x.ts, empty for src/main.ts and for what is not below src. */
function folderOf(path: string): string {
  const [top, folder, ...rest] = path.split("/")
  return top === "src" && rest.length > 0 ? (folder ?? "") : ""
}

/** Cycles of files, each told once. Types are erased and make none. */
function cyclesOf(imports: readonly Import[]): string[] {
  const edges = new Map<string, string[]>()
  for (const { from, to, relative, typeOnly } of imports)
    if (relative && !typeOnly) edges.set(from, [...(edges.get(from) ?? []), to])
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path)
    if (seenAt !== -1) cycles.push(`cycle: ${[...trail.slice(seenAt), path].join(" -> ")}`)
    if (seenAt !== -1 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of [...edges.keys()].toSorted()) visit(path, [])
  return cycles
}
