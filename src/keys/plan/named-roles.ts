import { roleNameOf, tryParseArn } from "../../access/arn.ts"
import type { Gap, InventoryPrincipal } from "../../access/inventory.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { AccountId } from "../../kernel/brands.ts"
import { mapBounded } from "../../kernel/concurrency.ts"
import { DrError } from "../../kernel/errors.ts"
import { gapList } from "../gap-list.ts"
import type { ReaderFor } from "../live-readers.ts"
import { readRoles } from "../live-roles.ts"
import { namedPrincipals } from "../named-principals.ts"
import type { WantedState } from "./wanted-state.ts"

/** A role that a rendered policy names, as its own account tells of it. */
type NamedRole =
  | { readonly kind: "there" }
  | { readonly kind: "missing"; readonly why: string }
  | { readonly kind: "unread"; readonly why: string }

export interface NamedRoles {
  readonly roles: ReadonlyMap<string, NamedRole>
  /** Those who set policies, with all that limits them. */
  readonly administrators: readonly InventoryPrincipal[]
  readonly gaps: readonly Gap[]
}

/** IAM is slow to forgive: its limits hold for the whole account. */
const AT_ONCE = 4

/**
 * Looks every role up that a key policy will name: KMS refuses a policy with a principal that does not exist, and one
 * that is made later under the same name is another.
 */
export async function readNamedRoles(
  readerFor: ReaderFor,
  environment: ResolvedEnvironment,
  wanted: readonly WantedState[],
  signal: AbortSignal,
): Promise<NamedRoles> {
  const administrators = [environment.workload, environment.recovery].flatMap(({ roles }) => roles.breakGlass ?? [])
  const named = [...new Set([...wanted.flatMap(rolesNamedBy), ...administrators])].sort()
  const answers = await mapBounded(named, AT_ONCE, (arn) => lookUp(readerFor, arn, signal), signal)
  const roles = new Map(named.map((arn, at) => [arn, answers[at] as NamedRole]))
  const gaps = gapList(signal)
  const there = administrators.filter((arn) => roles.get(arn)?.kind === "there").map((arn) => ({ arn }))
  return { roles, administrators: await readRoles(readerFor, there, gaps, signal), gaps: gaps.gaps }
}

function rolesNamedBy({ policies, account }: WantedState): readonly string[] {
  const keys = [...policies].map(([region, { document, subject }]) => ({
    arn: subject,
    account,
    region,
    aliases: [],
    grants: [],
    policy: { name: subject, document },
  }))
  return namedPrincipals(keys, []).roles
}

async function lookUp(readerFor: ReaderFor, arn: string, signal: AbortSignal): Promise<NamedRole> {
  const account = (tryParseArn(arn)?.account ?? "") as AccountId
  try {
    const found = await (await readerFor(account)).role(roleNameOf(arn) ?? arn)
    if (found.arn === arn) return { kind: "there" }
    return { kind: "missing", why: `the role of that name has another path: ${found.arn}` }
  } catch (thrown) {
    signal.throwIfAborted()
    if (!(thrown instanceof DrError) || thrown.code === "E_CREDENTIALS") throw thrown
    return { kind: thrown.code === "E_AWS_NOT_FOUND" ? "missing" : "unread", why: thrown.message }
  }
}
