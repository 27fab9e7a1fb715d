import { withGaps, gapsFor } from "../../access/gaps.ts"
import { evaluate } from "../../access/evaluate.ts"
import { decisiveText } from "../../access/explain.ts"
import type { Decision, Layer } from "../../access/decision.ts"
import { missingStatement } from "../../access/counterfactual.ts"
import { CompiledInventory } from "../../access/inventory-stack.ts"
import type { Gap, Inventory } from "../../access/inventory.ts"
import type { AccessRequest } from "../../access/request.ts"
import type { Need } from "./needs.ts"

/** What the policies say of a need. */
export interface ModelAnswer {
  readonly model: "allowed" | "denied" | "undecided"
  /** The layer that lacks the Allow, or that denies. */
  readonly layer: Layer
  /** The statements that deny it: where there is one, no Allow helps. */
  readonly denies: readonly string[]
  /** Why it is undecided. */
  readonly gaps: readonly Gap[]
}

/** Judges needs on an inventory. `principals`: the sessions that ask, by role. */
export class Model {
  readonly #compiled: CompiledInventory

  constructor(inventory: Inventory) {
    this.#compiled = new CompiledInventory(inventory)
  }

  answer(need: Need, role: string): ModelAnswer {
    const decision = this.#decide(need, role)
    const gaps = gapsFor(this.#compiled, role, need.resource)
    const verdict = withGaps(decision, gaps)
    const model = verdict === "allowed" ? "allowed" : verdict === "depends" ? "undecided" : "denied"
    return {
      model,
      layer: decision.layer,
      denies: verdict === "explicit-deny" ? decision.decisive.map(decisiveText) : [],
      gaps: model === "undecided" ? gaps : [],
    }
  }

  #decide(need: Need, role: string): Decision {
    return evaluate(this.#request(need, role), this.#compiled.stackFor(role, need.resource))
  }

  #request(need: Need, role: string): AccessRequest {
    const { action, resource, resourceAccount, facts } = need
    return {
      principal: role,
      action,
      resource,
      resourceAccount,
      facts: { "aws:SecureTransport": "true", ...this.#compiled.factsFor(role, resource), ...facts },
    }
  }
}

/** The statement that gives a need in one layer: the rendered one where dr.yaml renders it, else the bare Allow. */
export function statementFor(need: Need, role: string, layer: Layer, rendered: Inventory | undefined): object {
  const wanted = layer === "resource" ? "resource" : "identity"
  if (rendered !== undefined) {
    const found = renderedStatement(need, role, wanted, rendered)
    if (found !== undefined) return found
  }
  const request = {
    principal: role,
    action: need.action,
    resource: need.resource,
    resourceAccount: need.resourceAccount,
    facts: {},
  }
  return missingStatement(layer, request)
}

/** Tries each statement of the rendered policies alone: the first that allows the need is the one to add. */
function renderedStatement(
  need: Need,
  role: string,
  layer: "resource" | "identity",
  rendered: Inventory,
): object | undefined {
  const documents =
    layer === "identity"
      ? (rendered.principals.find(({ arn }) => arn === role)?.identity ?? []).map(({ document }) => document)
      : resourceDocuments(need, rendered)
  for (const document of documents) {
    const statements = (document as { Statement?: readonly object[] }).Statement ?? []
    const found = statements.find((statement) => allows(statement, need, role, layer, rendered))
    if (found !== undefined) return found
  }
  return undefined
}

function resourceDocuments(need: Need, rendered: Inventory): ReadonlyArray<string | object> {
  const [, , service, region, account, ...rest] = need.resource.split(":")
  if (service === "kms")
    return rendered.keys
      .filter((key) => key.region === region && key.account === account)
      .flatMap(({ policy }) => policy?.document ?? [])
  const bucket = rest.join(":").split("/")[0]
  return rendered.buckets.filter(({ name }) => name === bucket).flatMap(({ policy }) => policy?.document ?? [])
}

/** Alone with a trust in the other side: what is asked is only whether this statement says yes. */
function allows(
  statement: object,
  need: Need,
  role: string,
  layer: "resource" | "identity",
  rendered: Inventory,
): boolean {
  const alone = { name: "one statement", document: { Version: "2012-10-17", Statement: [statement] } }
  const everything = { name: "everything", document: ALLOW_ALL }
  const kms = need.action.startsWith("kms:")
  // Delegates to the role's account, so that its own statement still has to say yes.
  const account = role.split(":")[4] ?? ""
  const open = { ...ALLOW_ALL, Statement: [{ ...ALLOW_ALL.Statement[0], Principal: { AWS: account } }] }
  const resource = layer === "resource" ? alone : { name: "open", document: open }
  const bucket = need.resource.split(":::")[1]?.split("/")[0] ?? ""
  const inventory: Inventory = {
    source: "one statement",
    ...(rendered.organization === undefined ? {} : { organization: rendered.organization }),
    accounts: rendered.accounts.map(({ id }) => ({ id, scps: [], rcps: [] })),
    principals: [{ arn: role, account, identity: layer === "identity" ? [alone] : [everything] }],
    keys: kms
      ? [
          {
            arn: need.resource,
            account: need.resourceAccount,
            region: need.resource.split(":")[3] ?? "",
            aliases: rendered.keys
              .filter((each) => each.account === need.resourceAccount)
              .flatMap(({ aliases }) => aliases),
            grants: [],
            policy: resource,
          },
        ]
      : [],
    buckets: kms ? [] : [{ name: bucket, account: need.resourceAccount, policy: resource }],
  }
  return new Model(inventory).answer(need, role).model === "allowed"
}

const ALLOW_ALL = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }
