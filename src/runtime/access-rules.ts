import { AccessRules, RULE_FIELDS, ruleProblems } from "../access/expect-schema.ts"
import { issuesText, readYaml } from "../estate/read-yaml.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { readInput } from "./input-text.ts"

/**
 * Reads access.yaml. Everything that is wrong is reported at once, each with line and column.
 * @throws DrError E_READ (1), E_INPUT, E_CONFIG (78) whose `details` is a list of ConfigIssue
 */
export async function loadAccessRules(path: string, signal?: AbortSignal): Promise<AccessRules> {
  const source = { path, text: await readInput(path, signal) }
  const read = readYaml(source, {
    schema: AccessRules,
    fieldNames: RULE_FIELDS,
    oneOf: "a condition key has a text, a number, true or false, or a list of texts",
    more: (rules) => (rules === undefined ? [] : ruleProblems(rules)),
  })
  if (read.ok) return read.value
  throw new DrError({
    code: "E_CONFIG",
    exit: EXIT.config,
    message: issuesText(source, read.issues),
    hints: ["compare it with docs/examples/access.yaml and schemas/access-yaml.schema.json"],
    details: read.issues,
  })
}
