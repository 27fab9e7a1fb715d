import { ServiceError } from "../core/exchange.ts"
import type { AccessQuestion, Authorizer } from "../core/world.ts"
import { matchesAction, matchesAny, namesCaller, namesOf, parsePolicy, type Policy, type Statement } from "./policy.ts"

/**
 * The first storey of authorisation. Callers of the owner's account may do everything; others need an Allow statement
 * of the resource's policy that names their account, role or session; a Deny that names them without conditions
 * denies either. Conditions are NOT evaluated here: an Allow with conditions counts as if they held, a Deny with
 * conditions as if they did not. Identity policies, session policies and SCPs are not read. The access engine
 * (src/access) takes this port over.
 */
export function simpleAuthorizer(): Authorizer {
  const authorizer: Authorizer = {
    allows(question) {
      try {
        authorizer.authorize(question)
        return true
      } catch {
        return false
      }
    },
    authorize(question) {
      const policy = question.resourcePolicy === undefined ? undefined : parsePolicy(question.resourcePolicy)
      const foreign = question.caller.account !== question.resourceAccount
      if (policy === undefined) {
        if (foreign) throw deny(question, "because no resource-based policy allows the")
        return
      }
      const names = namesOf(question.caller, question.region)
      if (policy.some((each) => !each.allow && each.conditions === undefined && concerns(each, question, names))) {
        throw deny(question, "with an explicit deny in a resource-based policy")
      }
      if (foreign && !allows(policy, question, names))
        throw deny(question, "because no resource-based policy allows the")
    },
  }
  return authorizer
}

const allows = (policy: Policy, question: AccessQuestion, names: readonly string[]): boolean =>
  policy.some((each) => each.allow && concerns(each, question, names))

/** A statement without `Resource` has no effect in a key policy. */
function concerns(statement: Statement, question: AccessQuestion, names: readonly string[]): boolean {
  if (statement.inverted || statement.resources === undefined) return false
  return (
    namesCaller(statement, names) &&
    matchesAction(statement, question.action) &&
    matchesAny(statement.resources, question.resource)
  )
}

function deny(question: AccessQuestion, why: string): ServiceError {
  const { caller, action, resource } = question
  const reason = why.endsWith("allows the") ? `${why} ${action} action` : why
  const json = action.startsWith("kms:") || action.startsWith("organizations:")
  return new ServiceError(
    json ? "AccessDeniedException" : "AccessDenied",
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
    json ? 400 : 403,
  )
}
