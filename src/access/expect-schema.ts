import { z } from "zod"
import { actionStatus, conditionKeyStatus } from "./catalog/index.ts"

/** access.yaml: who must be able to do what, who must not, and who alone may. Every object is strict. */

const ref = z.string().min(1).max(2048)
const refs = z.array(ref).min(1)

const action = ref.superRefine((name, context) => {
  const status = actionStatus(name)
  if (status.kind === "known" || status.kind === "other-service" || status.kind === "operation-not-action") return
  const meant = status.suggestion === undefined ? "" : `; did you mean ${status.suggestion}?`
  context.addIssue({ code: "custom", message: `unknown action ${JSON.stringify(name)}${meant}` })
})

const conditionKey = ref.superRefine((name, context) => {
  const status = conditionKeyStatus(name)
  if (status.kind !== "unknown") return
  const meant = status.suggestion === undefined ? "" : `; did you mean ${status.suggestion}?`
  context.addIssue({ code: "custom", message: `unknown condition key ${JSON.stringify(name)}${meant}` })
})

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])

const Claim = z.strictObject({
  /** ARNs, labels of the inventory, names of roles. */
  principals: refs,
  /** IAM actions, patterns of them, or API operations (`s3:CopyObject`). */
  actions: z.array(action).min(1),
  /** Keys (`alias/x@region`, label, ARN), `s3://bucket/object`, roles, or `*`. */
  resources: refs,
  /** Condition keys of the requests. What is not said stays open; an empty list says that the key is absent. */
  with: z.record(conditionKey, value).default({}),
})
export type Claim = z.infer<typeof Claim>

const Call = z.strictObject({
  ...Claim.shape,
  /** Roles that are assumed on the way. */
  via: z.array(ref).default([]),
  /** Source of a copy or of ReEncrypt. */
  from: ref.optional(),
  /** Key of the object, where its bucket's is not known; `none` for an object under no KMS key. */
  key: ref.optional(),
  /** Key of the source object. */
  fromKey: ref.optional(),
  /** S3 bucket keys are on, or surely off. */
  bucketKey: z.boolean().optional(),
})
export type Call = z.infer<typeof Call>

const Rule = z.strictObject({
  name: z.string().min(1).max(200),
  must: Call.optional(),
  mustNot: Call.optional(),
  onlyVia: Claim.optional(),
})
export type Rule = z.infer<typeof Rule>

export const AccessRules = z.strictObject({
  version: z.literal(1, { error: "expected 1: the version of this file's format" }),
  rules: z.array(Rule).min(1),
})
export type AccessRules = z.infer<typeof AccessRules>

/** Every field there is, for "did you mean". */
export const RULE_FIELDS: readonly string[] = [
  ...new Set([AccessRules, Rule, Call].flatMap((schema) => Object.keys(schema.shape))),
]

/** What the shape alone cannot say: one claim a rule, names that tell rules apart. */
export function ruleProblems(rules: AccessRules): ReadonlyArray<{ path: Array<string | number>; message: string }> {
  return rules.rules.flatMap(({ name, ...claims }, index) => {
    const path = ["rules", index]
    const count = Object.values(claims).filter((claim) => claim !== undefined).length
    const earlier = rules.rules.findIndex((rule) => rule.name === name)
    return [
      ...(count === 1 ? [] : [{ path, message: "a rule has exactly one of must, mustNot and onlyVia" }]),
      ...(earlier === index ? [] : [{ path: [...path, "name"], message: `the name stands twice: ${name}` }]),
    ]
  })
}
