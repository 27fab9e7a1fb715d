import { display } from "../kernel/display.ts"

interface SarifRule {
  readonly id: string
  readonly title: string
  readonly level: SarifLevel
  /** Who else checks the same. */
  readonly tags?: readonly string[]
}

export type SarifLevel = "error" | "warning" | "note"

interface SarifResult {
  readonly rule: string
  readonly level: SarifLevel
  readonly message: string
  /** Path of a file, relative to where the command ran or absolute; undefined = the subject is no file. */
  readonly file?: string
  /** 1 is the first. */
  readonly line?: number
  /** Subject and place inside it, for what is no file, and to know the result again. */
  readonly place: string
}

export interface SarifRun {
  readonly tool: { readonly name: string; readonly version: string }
  readonly rules: readonly SarifRule[]
  readonly results: readonly SarifResult[]
  /** Rules that could not be judged. */
  readonly notRun?: ReadonlyArray<{ readonly rule: string; readonly why: string }>
}

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
const MOST = 4_000

/** SARIF 2.1.0 as code-scanning pages read it. Source: OASIS standard, sections 3.13 to 3.28. */
export function sarif({ tool, rules, results, notRun = [] }: SarifRun): string {
  const at = new Map(rules.map(({ id }, index) => [id, index]))
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, rules: rules.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: true,
            toolConfigurationNotifications: notRun.map(({ rule, why }) => ({
              level: "note",
              message: text(`${rule} was not run: ${why}`),
              associatedRule: { id: rule, ...indexIn(at, rule) },
            })),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: results.map((result) => resultOf(result, at)),
      },
    ],
  }
  return JSON.stringify(log, null, 2)
}

const text = (value: string): { text: string } => ({ text: display(value, MOST) })

const ruleOf = ({ id, title, level, tags = [] }: SarifRule): object => ({
  id,
  shortDescription: text(title),
  defaultConfiguration: { level },
  ...(tags.length === 0 ? {} : { properties: { tags } }),
})

const indexIn = (at: ReadonlyMap<string, number>, rule: string): { index?: number } => {
  const index = at.get(rule)
  return index === undefined ? {} : { index }
}

function resultOf({ rule, level, message, file, line, place }: SarifResult, at: ReadonlyMap<string, number>): object {
  const index = at.get(rule)
  const logical = { fullyQualifiedName: display(place, MOST) }
  const physical = {
    artifactLocation: { uri: uriOf(file ?? "") },
    ...(line === undefined ? {} : { region: { startLine: line } }),
  }
  return {
    ruleId: rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level,
    message: text(message),
    locations: [{ ...(file === undefined ? {} : { physicalLocation: physical }), logicalLocations: [logical] }],
    partialFingerprints: { "drPlace/v1": display(`${rule} ${place}`, MOST) },
  }
}

/** A path as a URI reference: separators stay, everything that means something in a URI is escaped. */
function uriOf(path: string): string {
  const escaped = path
    .split("/")
    .map((part) => encodeURIComponent(display(part, MOST)))
    .join("/")
  return escaped.startsWith("/") ? `file://${escaped}` : escaped
}
