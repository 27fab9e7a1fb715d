import { refusalOf } from "../authorize/stored-policy.ts"
import type { Form } from "../protocol/query.ts"
import { constraint, limitExceeded, malformed } from "./errors.ts"
import { required } from "./iam-call.ts"

/** Characters without blanks, as IAM counts them. */
const MOST_TRUST = 2048
const MOST_MANAGED = 6144
const MOST_INLINE = 10_240
const MOST_SENT = 131_072

const sizeOf = (text: string): number => text.replace(/\s/g, "").length

type Raw = Readonly<Record<string, unknown>>

/** The text and its statements, as they stand there. */
function documentIn(form: Form, name: string): { readonly text: string; readonly statements: readonly Raw[] } {
  const text = required(form, name)
  if (text.length > MOST_SENT)
    throw constraint(name, `have length less than or equal to ${MOST_SENT}`, text.slice(0, 20))
  try {
    const root: unknown = JSON.parse(text)
    const given = typeof root === "object" && root !== null && "Statement" in root ? [root.Statement].flat() : []
    return { text, statements: given.filter((each): each is Raw => typeof each === "object" && each !== null) }
  } catch {
    throw malformed("This policy contains invalid Json")
  }
}

const has = (statement: Raw, ...elements: string[]): boolean => elements.some((element) => element in statement)

/** Whatever else is wrong with it: AWS says no more than that, we say why. */
function mustBeStorable(text: string, kind: "identity" | "trust"): void {
  const reason = refusalOf(text, kind)
  if (reason !== undefined) throw malformed(`Syntax errors in policy. (${reason})`)
}

/** A policy of a role or user: it names resources and no principals. */
function identityDocument(form: Form): string {
  const { text, statements } = documentIn(form, "PolicyDocument")
  for (const statement of statements) {
    if (has(statement, "Principal", "NotPrincipal")) throw malformed("Policy document should not specify a principal.")
    if (!has(statement, "Action", "NotAction")) throw malformed("Policy statement must contain actions.")
    if (!has(statement, "Resource", "NotResource")) throw malformed("Policy statement must contain resources.")
  }
  mustBeStorable(text, "identity")
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
  const { text, statements } = documentIn(form, name)
  for (const statement of statements) {
    if (has(statement, "Resource", "NotResource")) throw malformed("Has prohibited field Resource")
    if (!has(statement, "Action", "NotAction")) throw malformed("Policy statement must contain actions.")
  }
  mustBeStorable(text, "trust")
  if (sizeOf(text) > MOST_TRUST) throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${MOST_TRUST}`)
  return text
}
