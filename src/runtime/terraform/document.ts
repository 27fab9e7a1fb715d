import { display } from "../../kernel/display.ts"
import { badInput } from "../input-text.ts"
import { configurationOf, type Configuration } from "./configuration.ts"
import { list, record, withoutIndexes, type Values } from "./json.ts"

/** Source: "JSON Output Format" of the Terraform internals documentation, format versions 0.1 to 1.x. */

/** One instance of a resource, as it is (state) or will be (plan). */
export interface TfResource {
  /** `module.keys["eu"].aws_kms_key.main[0]` */
  readonly address: string
  /** Without indexes; empty = the root module. */
  readonly module: string
  readonly mode: string
  readonly type: string
  readonly name: string
  readonly index?: string | number
  readonly values: Values
  /** Attributes that a plan does not know before it is applied. */
  readonly unknown: Marks
  readonly sensitive: Marks
}
/** By attribute; true = all of them. */
export type Marks = Values | true

export interface TfDocument {
  readonly kind: "plan" | "state"
  readonly resources: readonly TfResource[]
  /** A plan's; of a state nothing says how resources hang together. */
  readonly configuration?: Configuration
  /** Why the document tells only a part. */
  readonly partial?: string
}

const NEXT = ["terraform show -json PLAN > plan.json, or terraform show -json > state.json"]

/** @throws DrError E_INPUT (78): something else than `terraform show -json` writes */
export function readDocument(path: string, json: unknown): TfDocument {
  const root = record(json)
  const version = root["format_version"]
  if (typeof version !== "string") {
    const raw = "serial" in root && "lineage" in root
    throw badInput(
      path,
      raw ? "it is a raw state file" : "it has no format_version, so Terraform did not write it",
      NEXT,
    )
  }
  if (!/^[01]\./.test(version)) throw badInput(path, `format_version ${display(version)} is newer than dr knows`, NEXT)
  if (root["errored"] === true) throw badInput(path, "the plan failed half-way", ["terraform plan -out PLAN"])
  return "planned_values" in root || "resource_changes" in root ? plan(path, root) : state(path, root)
}

function state(path: string, root: Values): TfDocument {
  const resources = [...modules(record(record(root["values"])["root_module"]))]
  if (resources.length === 0) throw badInput(path, "it holds no resources", NEXT)
  return { kind: "state", resources }
}

/** What is planned, and the data sources that were read for it, which stand only in the state before. */
function plan(path: string, root: Values): TfDocument {
  const changes = new Map(
    list(root["resource_changes"]).map((change) => [String(change["address"]), record(change["change"])]),
  )
  const planned = [...modules(record(record(root["planned_values"])["root_module"]))].map((resource) => {
    const change = changes.get(resource.address)
    return {
      ...resource,
      unknown: marks(change?.["after_unknown"]),
      sensitive: both(resource.sensitive, marks(change?.["after_sensitive"])),
    }
  })
  const there = new Set(planned.map(({ address }) => address))
  const before = record(record(record(root["prior_state"])["values"])["root_module"])
  const read = [...modules(before)].filter(({ mode, address }) => mode === "data" && !there.has(address))
  if (planned.length + read.length === 0) throw badInput(path, "it holds no resources", NEXT)
  return {
    kind: "plan",
    resources: [...planned, ...read],
    configuration: configurationOf(root),
    ...(root["complete"] === false ? { partial: "the plan is not complete: Terraform deferred a part of it" } : {}),
  }
}

function* modules(module: Values, address = ""): Generator<TfResource> {
  for (const resource of list(module["resources"])) {
    const { address: own, mode, type, name, index } = resource
    if (typeof own !== "string" || typeof type !== "string" || typeof name !== "string") continue
    yield {
      address: own,
      module: withoutIndexes(address),
      mode: String(mode),
      type,
      name,
      ...(typeof index === "string" || typeof index === "number" ? { index } : {}),
      values: record(resource["values"]),
      unknown: {},
      sensitive: marks(resource["sensitive_values"]),
    }
  }
  for (const child of list(module["child_modules"])) {
    if (typeof child["address"] === "string") yield* modules(child, child["address"])
  }
}

const marks = (value: unknown): Marks => (value === true ? true : record(value))
const both = (one: Marks, other: Marks): Marks => (one === true || other === true ? true : { ...one, ...other })
