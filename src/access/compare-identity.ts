import { accountPrincipalArn, keyArn, objectArn, roleArn, tryParseArn } from "./arn.ts"
import { findAction, matchingActions } from "./catalog/index.ts"
import { hangsOn, type Cell } from "./compare.ts"
import { compilePolicy } from "./compile.ts"
import { SITUATIONAL } from "./decide.ts"
import { evaluate } from "./evaluate.ts"
import type { PolicyStack } from "./request.ts"
import type { PolicyKind, Statement } from "./statement.ts"

const ACCOUNT = "111111111111"
const UNKNOWN = [...SITUATIONAL, "aws:PrincipalTag/*", "aws:PrincipalOrg*", "aws:ResourceTag/*", "aws:ResourceOrg*"]

/** What an identity policy lets its role do with everything that the given statements name. */
export function* identityCells(text: string, named: readonly Statement[]): Generator<Cell> {
  const identity = [compilePolicy(text, "identity", { name: "policy" })]
  for (const action of actionsIn(named)) {
    for (const resource of resourcesFor(action, named)) {
      const owner = ownerOf(resource)
      const principal = roleArn(owner, "compared")
      const request = { principal, action, resource, resourceAccount: owner, facts: {}, unknown: UNKNOWN }
      const { verdict, depends } = evaluate(request, { identity, scps: [], rcps: [], ...resourceSide(action, owner) })
      yield { principal: "the role", action, resource, verdict, hangsOn: hangsOn(depends) }
    }
  }
}

/** Actions of the services with a catalogue; of others only what is written out. */
function actionsIn(statements: readonly Statement[]): readonly string[] {
  const patterns = statements.flatMap(({ actions, notActions }) => actions ?? ["*", ...(notActions ?? [])])
  return [
    ...new Set(
      patterns.flatMap((each) => (/[*?]/.test(each) ? matchingActions(each) : [findAction(each)?.name ?? each])),
    ),
  ]
}

/** The patterns as they are written, which match themselves, and something that only `*` covers. */
function resourcesFor(action: string, statements: readonly Statement[]): readonly string[] {
  if (findAction(action)?.resources.length === 0) return ["*"]
  const service = action.slice(0, action.indexOf(":")).toLowerCase()
  const written = statements.flatMap(({ resources = [], notResources = [] }) => [...resources, ...notResources])
  const own = written.filter((each) => tryParseArn(each)?.service === (service === "sts" ? "iam" : service))
  return [...new Set([...own, STAND_INS[service] ?? "*"])]
}

/** Of another account by name, so that a pattern for one account does not cover them. */
const ELSEWHERE = "000000000000"
const STAND_INS: Readonly<Record<string, string>> = {
  kms: keyArn("us-east-1", ELSEWHERE, "any-key"),
  s3: objectArn("any-bucket", "any-object"),
  sts: roleArn(ELSEWHERE, "any-role"),
}

/** The role is one of the account that the resource names, so that no other account's policy is asked. */
function ownerOf(resource: string): string {
  const account = tryParseArn(resource)?.account ?? ""
  return /^\d{12}$/.test(account) ? account : ACCOUNT
}

/** Keys and roles delegate to the account, so that the identity policy decides. */
function resourceSide(action: string, account: string): Pick<PolicyStack, "resource"> {
  const kind: PolicyKind | undefined = /^kms:/i.test(action) ? "key" : /^sts:/i.test(action) ? "trust" : undefined
  if (kind === undefined) return {}
  const statement = {
    Effect: "Allow",
    Principal: { AWS: accountPrincipalArn(account) },
    Action: "*",
    ...(kind === "key" ? { Resource: "*" } : {}),
  }
  const document = { Version: "2012-10-17", Statement: [statement] }
  return { resource: compilePolicy(document, kind, { name: "the account", asStored: true }) }
}
