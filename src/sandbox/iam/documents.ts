import { parsePolicy } from "../authorize/policy.ts"
import type { Form } from "../protocol/query.ts"
import { constraint, limitExceeded, malformed } from "./errors.ts"
import { required } from "./iam-call.ts"

/** Characters without blanks, as IAM counts them. */
const MOST_TRUST = 2048
const MOST_MANAGED = 6144
const MOST_INLINE = 10_240
const MOST_SENT = 131_072

const sizeOf = (text: string): number => text.replace(/\s/g, "").length

function documentIn(form: Form, name: string): string {
  const text = required(form, name)
  if (text.length > MOST_SENT)
    throw constraint(name, `have length less than or equal to ${MOST_SENT}`, text.slice(0, 20))
  if (parsePolicy(text) === undefined)
    throw malformed(isJson(text) ? "Syntax errors in policy." : "This policy contains invalid Json")
  return text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A policy of a role or user: it names resources and no principals. */
function identityDocument(form: Form): string {
  const text = documentIn(form, "PolicyDocument")
  for (const statement of parsePolicy(text) ?? []) {
    if (statement.principals.length > 0) throw malformed("Policy document should not specify a principal.")
    if (statement.inverted) continue
    if (statement.actions.length === 0) throw malformed("Policy statement must contain actions.")
    if (statement.resources === undefined) throw malformed("Policy statement must contain resources.")
  }
  return text
}

export function managedDocument(form: Form): string {
  const text = identityDocument(form)
  if (sizeOf(text) > MOST_MANAGED) throw limitExceeded(`Cannot exceed quota for PolicySize: ${MOST_MANAGED}`)
  return text
}

/** All inline policies of a role share one limit. `others` are those that stay. */
export function inlineDocument(form: Form, role: string, others: readonly string[]): string {
  const text = identityDocument(form)
  if ([text, ...others].reduce((sum, each) => sum + sizeOf(each), 0) > MOST_INLINE)
    throw limitExceeded(`Maximum policy size of ${MOST_INLINE} bytes exceeded for role ${role}`)
  return text
}

/** A trust policy: the role is its resource. */
export function trustDocument(form: Form, name: string): string {
  const text = documentIn(form, name)
  for (const statement of parsePolicy(text) ?? []) {
    if (statement.resources !== undefined) throw malformed("Has prohibited field Resource")
    if (!statement.inverted && statement.actions.length === 0) throw malformed("Policy statement must contain actions.")
  }
  if (sizeOf(text) > MOST_TRUST) throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${MOST_TRUST}`)
  return text
}
