import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { draftOf } from "./draft.ts"
import { Estate, FIELD_NAMES } from "./model.ts"
import { issuesText, readYaml, type ConfigSource } from "./read-yaml.ts"
import { crossFieldProblems } from "./rules.ts"

export type { ConfigIssue, ConfigSource } from "./read-yaml.ts"

/**
 * Reads dr.yaml. Everything that is wrong is reported at once, each with line and column.
 * @throws DrError E_CONFIG (78); `details` is a list of ConfigIssue
 */
export function loadEstate(source: ConfigSource): Estate {
  const read = readYaml(source, {
    schema: Estate,
    fieldNames: FIELD_NAMES,
    oneOf: "for hotSet: all, { newest: 24h } or { prefixes: [...] }",
    more: (estate, plain, shape) => crossFieldProblems(estate ?? draftOf(plain, shape)),
  })
  if (read.ok) return read.value
  throw new DrError({
    code: "E_CONFIG",
    exit: EXIT.config,
    message: issuesText(source, read.issues),
    hints: ["dr config validate", "dr config init writes a commented example"],
    details: read.issues,
  })
}
