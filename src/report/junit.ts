import { display } from "../kernel/display.ts"

interface JunitCase {
  readonly name: string
  /** Dotted place that CI groups by: file, environment, principal. */
  readonly classname: string
  /** Why it failed; may have several lines, the first is the headline. */
  readonly failure?: string
  /** Why it was not run. A case is never both failed and skipped: failed wins. */
  readonly skipped?: string
  /** Seconds. */
  readonly timeS?: number
}

export interface JunitSuite {
  readonly name: string
  readonly cases: readonly JunitCase[]
}

/** JUnit XML as CI systems read it. Names and messages come from strangers: control characters and markup are escaped. */
export function junit(suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases)
  const lines = [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites${totals(all)}>`,
    ...suites.flatMap(suiteLines),
    `</testsuites>`,
  ]
  return lines.join("\n")
}

const suiteLines = ({ name, cases }: JunitSuite): string[] => [
  `  <testsuite name="${escaped(name)}"${totals(cases)}>`,
  ...cases.flatMap(caseLines),
  `  </testsuite>`,
]

function caseLines({ name, classname, failure, skipped, timeS }: JunitCase): string[] {
  const time = timeS === undefined ? "" : ` time="${seconds(timeS)}"`
  const head = `    <testcase name="${escaped(name)}" classname="${escaped(classname)}"${time}`
  if (failure !== undefined) {
    const [first = ""] = failure.split("\n", 1)
    const body = failure.split("\n").map(escaped).join("\n")
    return [`${head}>`, `      <failure message="${escaped(first)}">${body}</failure>`, `    </testcase>`]
  }
  if (skipped !== undefined) return [`${head}>`, `      <skipped message="${escaped(skipped)}"/>`, `    </testcase>`]
  return [`${head}/>`]
}

function totals(cases: readonly JunitCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length
  const skipped = cases.filter(({ failure, skipped: why }) => failure === undefined && why !== undefined).length
  const time = cases.reduce((sum, { timeS = 0 }) => sum + timeS, 0)
  return ` tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds(time)}"`
}

const seconds = (value: number): string => value.toFixed(3)

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
}

/** Besides what `display()` shows as `\u{…}`, XML 1.0 has no place for the two non-characters at the end of the plane. */
const escaped = (text: string): string =>
  display(text, 10_000)
    .replace(/[\ufffe\uffff]/g, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
