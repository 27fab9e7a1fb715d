import { readdir, readFile } from "node:fs/promises"
import { join, normalize } from "node:path"
import { display } from "../../kernel/display.ts"
import { messageOf } from "../../kernel/errors.ts"
import { badInput, readInput } from "../input-text.ts"
import { evaluate, referencesIn, type Evaluated, type Scope } from "./hcl-values.ts"
import { list, record, type Values } from "./json.ts"

/** What a folder of `.tf` files says by itself, in the form of a plan's JSON, and what it does not say. */
export interface HclFolder {
  readonly plan: Values
  /** No resource that dr.yaml is made of. */
  readonly isEmpty: boolean
  /** `keys.tf:12 aws_kms_key.main: …` */
  readonly unresolved: readonly string[]
}

interface File {
  readonly name: string
  readonly text: string
  readonly body: Values
}

/**
 * Reads with HashiCorp's own parser. Variables count with their defaults and `*.tfvars`; locals, `file()` below the folder
 * and `jsonencode()` are worked out; modules, data sources and other functions are not.
 * @throws DrError E_INPUT (78): not HCL, or nothing in it; E_READ (1)
 */
export async function readHclFolder(folder: string, signal?: AbortSignal): Promise<HclFolder> {
  const names = (await readdir(folder)).toSorted()
  const read = (name: string): Promise<File> => parseFile(folder, name, signal)
  const files = await Promise.all(names.filter((name) => name.endsWith(".tf")).map(read))
  const given = await Promise.all(names.filter((name) => /^terraform\.tfvars$|\.auto\.tfvars$/.test(name)).map(read))
  const blocks = blocksOf(files)
  const scope = scopeOf(folder, files, given)
  const unresolved = files.flatMap((file) => unread(file))
  const resources = await Promise.all(
    blocks.map(async (block) => {
      const { expressions, values, unknown, why } = await attributesOf(block.body, scope)
      for (const [attribute, reason] of why)
        if (WANTED.test(`${block.type} ${attribute}`)) unresolved.push(`${block.place}.${attribute}: ${reason}`)
      return { ...block, expressions, values, unknown }
    }),
  )
  const providers = await providersOf(files, scope)
  return { plan: planOf(resources, providers), isEmpty: resources.length === 0, unresolved: unresolved.toSorted() }
}

/** What dr.yaml is made of. What belongs together is told by references, and who may do what by the policies. */
const WANTED =
  /^aws_(?:kms_alias|kms_(?:\w+_)?key|s3_bucket) (?:name|policy|tags|multi_region|enable_key_rotation|rotation_period_in_days|bucket|count|for_each)$/

async function parseFile(folder: string, name: string, signal: AbortSignal | undefined): Promise<File> {
  const path = join(folder, name)
  const text = await readInput(path, signal)
  return { name, text, body: record(await parseHcl(path, text)) }
}

/** Loaded when there is something to read: HashiCorp's parser takes 150 ms to start. */
async function parseHcl(path: string, text: string): Promise<unknown> {
  const { parse } = await import("@cdktn/hcl2json")
  return parse(path, text).catch((cause: unknown) => {
    throw badInput(path, `it is not HCL: ${display(messageOf(cause).replace(/^parse config: /, ""), 300)}`, [], cause)
  })
}

interface Block {
  readonly mode: "managed"
  readonly type: string
  readonly name: string
  readonly address: string
  /** `keys.tf:12 aws_kms_key.main` */
  readonly place: string
  readonly body: Values
}

function blocksOf(files: readonly File[]): Block[] {
  return files.flatMap((file) =>
    Object.entries(record(file.body["resource"])).flatMap(([type, named]) =>
      Object.entries(record(named)).flatMap(([name, bodies]) => {
        const [body = {}] = list(bodies)
        const address = `${type}.${name}`
        const place = `${file.name}:${lineOf(file, new RegExp(`^\\s*resource\\s+"${type}"\\s+"${name}"`, "m"))} ${address}`
        return READ.test(type) ? [{ mode: "managed" as const, type, name, address, place, body }] : []
      }),
    ),
  )
}

const READ = /^aws_(kms_|s3_bucket|iam_role|iam_policy)/

function lineOf({ text }: File, pattern: RegExp): number {
  const at = text.search(pattern)
  const start = at < 0 ? 0 : at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)
  return text.slice(0, start).split("\n").length
}

/** Modules hold resources that this folder does not show. */
const unread = (file: File): string[] =>
  Object.keys(record(file.body["module"])).map(
    (name) =>
      `${file.name}:${lineOf(file, new RegExp(`^\\s*module\\s+"${name}"`, "m"))} module.${name}: modules are not read`,
  )

interface Attributes {
  readonly values: Values
  readonly unknown: Values
  readonly expressions: Values
  readonly why: ReadonlyArray<readonly [attribute: string, reason: string]>
}

async function attributesOf(body: Values, scope: Scope): Promise<Attributes> {
  const values: Record<string, unknown> = {}
  const unknown: Record<string, unknown> = {}
  const expressions: Record<string, unknown> = {}
  const why: Array<[string, string]> = []
  for (const [attribute, written] of Object.entries(body)) {
    const found = await evaluate(written, scope)
    if ("value" in found) {
      values[attribute] = found.value
      expressions[attribute] = { constant_value: found.value }
      continue
    }
    unknown[attribute] = true
    expressions[attribute] = { references: referencesIn(JSON.stringify(written)) }
    why.push([attribute, found.why])
  }
  return { values, unknown, expressions, why }
}

function scopeOf(folder: string, files: readonly File[], given: readonly File[]): Scope {
  const variables = new Map<string, unknown>()
  const locals = new Map<string, unknown>()
  for (const { body } of files) {
    for (const [name, bodies] of Object.entries(record(body["variable"]))) {
      const [variable = {}] = list(bodies)
      if ("default" in variable) variables.set(name, variable["default"])
    }
    for (const block of list(body["locals"])) for (const [name, value] of Object.entries(block)) locals.set(name, value)
  }
  for (const { body } of given) for (const [name, value] of Object.entries(body)) variables.set(name, value)
  const scope: Scope = {
    async named(reference, depth): Promise<Evaluated | undefined> {
      const [kind, name = ""] = reference.split(".")
      const values = kind === "var" ? variables : locals
      return values.has(name) ? evaluate(values.get(name), scope, depth) : undefined
    },
    async file(path) {
      const inside = normalize(path)
      if (inside.startsWith("..")) return undefined
      return readFile(join(folder, inside), "utf8").catch(() => undefined)
    },
    parse: async (expression) => record(await parseHcl(folder, `x = ${expression}`))["x"],
  }
  return scope
}

async function providersOf(files: readonly File[], scope: Scope): Promise<Values> {
  const providers: Record<string, unknown> = {}
  for (const { body } of files) {
    for (const provider of list(record(body["provider"])["aws"])) {
      const { expressions } = await attributesOf(provider, scope)
      const alias = typeof provider["alias"] === "string" ? provider["alias"] : undefined
      const roles = list(provider["assume_role"])
      const assumed =
        roles.length === 0 ? {} : { assume_role: [(await attributesOf(roles[0] ?? {}, scope)).expressions] }
      // One that says who it becomes by a block of its own is another identity.
      const dynamic = record(provider["dynamic"])["assume_role"]
      const identity =
        dynamic === undefined
          ? {}
          : { assume_role: [{ role_arn: { references: referencesIn(JSON.stringify(dynamic)) } }] }
      providers[alias === undefined ? "aws" : `aws.${alias}`] = {
        name: "aws",
        expressions: { ...expressions, ...assumed, ...identity },
      }
    }
  }
  return providers
}

type Evaluation = Block & Pick<Attributes, "values" | "unknown" | "expressions">

function planOf(resources: readonly Evaluation[], providers: Values): Values {
  return {
    format_version: "1.2",
    planned_values: {
      root_module: {
        resources: resources.map(({ address, mode, type, name, values }) => ({ address, mode, type, name, values })),
      },
    },
    resource_changes: resources.map(({ address, unknown }) => ({ address, change: { after_unknown: unknown } })),
    configuration: {
      provider_config: providers,
      root_module: {
        resources: resources.map(({ mode, type, name, expressions, body }) => ({
          mode,
          type,
          name,
          expressions,
          provider_config_key: providerKey(body["provider"]),
        })),
      },
    },
  }
}

/** `${aws.second}` → `aws.second`. */
const providerKey = (written: unknown): string =>
  typeof written === "string" ? written.replace(/^\$\{(.*)\}$/, "$1") : "aws"
