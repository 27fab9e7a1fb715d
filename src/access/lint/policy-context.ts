import { keyArn, tryParseArn } from "../arn.ts"
import { compilePolicy } from "../compile.ts"
import { parsePolicy, type ParsedPolicy } from "../document.ts"
import type { CompiledInventory } from "../inventory-stack.ts"
import type { InventoryBucket, InventoryKey } from "../inventory.ts"
import type { PolicyDocument, PolicyKind } from "../statement.ts"
import { NO_ACCOUNT } from "./ask.ts"
import type { Expectations, PolicyContext } from "./rule.ts"
import { accountOf, awsPrincipals, isAccount } from "./statements.ts"

const SOME_KEY = "00000000-0000-0000-0000-000000000000"
const SOME_REGION = "eu-central-1"

export interface Attached {
  readonly inventory?: CompiledInventory
  readonly key?: InventoryKey
  readonly bucket?: InventoryBucket
}

/** Everything that rules ask of one policy. */
export function policyContext(
  source: string | object,
  kind: PolicyKind,
  subject: string,
  facts: Expectations,
  attached: Attached = {},
): PolicyContext {
  const parsed = parsePolicy(source, kind)
  const { document, issues } = parsed
  const written = typeof source === "string" ? source : JSON.stringify(source)
  const account = ownerOf(parsed, kind, facts)
  const named = attached.key?.arn ?? facts.keyArn ?? keyNamedBy(document)
  const partition = partitionOf(document, named)
  const region = facts.region ?? SOME_REGION
  return {
    on: "policy",
    subject,
    kind,
    document,
    issues,
    written,
    compiled: compilePolicy(parsed, kind, { name: subject, asStored: true }),
    facts,
    account: account ?? (kind === "scp" || kind === "rcp" ? NO_ACCOUNT : undefined),
    partition,
    keyArn: named ?? keyArn(region, account ?? NO_ACCOUNT, SOME_KEY),
    keyIsKnown: (attached.key?.arn ?? facts.keyArn) !== undefined,
    bucket: attached.bucket?.name ?? facts.bucket ?? bucketNamedBy(document),
    ...(typeof source === "string" ? { text: source } : {}),
    ...(attached.inventory === undefined ? {} : { inventory: attached.inventory }),
    ...(attached.key === undefined ? {} : { key: attached.key }),
    ...(attached.bucket === undefined ? {} : { bucketFacts: attached.bucket }),
  }
}

/** As given; else, of a key policy, the only account that it allows, or the only one that it lets re-policy the key. */
function ownerOf({ document }: ParsedPolicy, kind: PolicyKind, facts: Expectations): string | undefined {
  const given = facts.account ?? accountOf((kind === "trust" ? facts.roleArn : facts.keyArn) ?? "")
  if (given !== undefined || kind !== "key") return given
  const allowing = document.statements.filter(({ effect }) => effect === "Allow")
  const all = new Set(allowing.flatMap((each) => awsPrincipals(each).flatMap((value) => accountOf(value) ?? [])))
  if (all.size === 1) return [...all][0]
  const policing = allowing.filter(({ actions }) => actions?.some((action) => /^(\*|kms:(\*|put.*))$/i.test(action)))
  const roots = new Set(
    policing.flatMap((each) =>
      awsPrincipals(each)
        .filter(isAccount)
        .flatMap((value) => accountOf(value) ?? []),
    ),
  )
  return roots.size === 1 ? [...roots][0] : undefined
}

const keyNamedBy = ({ kind, statements }: PolicyDocument): string | undefined =>
  kind !== "key"
    ? undefined
    : statements
        .flatMap(({ resources = [] }) => resources)
        .find((resource) => /^arn:[^*?$]*:key\/[^*?$]+$/.test(resource))

function bucketNamedBy({ kind, statements }: PolicyDocument): string | undefined {
  if (kind !== "bucket") return undefined
  const names = statements.flatMap(({ resources = [], notResources = [] }) => [...resources, ...notResources])
  return names.map((each) => /^arn:[^:]*:s3:::([^/*?$]+)/.exec(each)?.[1]).find((name) => name !== undefined)
}

function partitionOf({ statements }: PolicyDocument, named: string | undefined): string {
  const arns = [named ?? "", ...statements.flatMap((each) => [...awsPrincipals(each), ...(each.resources ?? [])])]
  const partition = arns
    .map((arn) => tryParseArn(arn)?.partition)
    .find((each) => each !== undefined && /^aws[a-z-]*$/.test(each))
  return partition ?? "aws"
}
