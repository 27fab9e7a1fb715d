import type { CaseResult, CaseVerdict } from "../access/cases.ts"
import { table } from "./table.ts"

const MARK: Readonly<Record<CaseVerdict, string>> = {
  Allowed: "✓",
  ImplicitlyDenied: "✕",
  ExplicitlyDenied: "✕",
  Depends: "?",
  ERROR: "!",
}

/** The verdicts of a case table for people; rows that say what was expected are held against it. */
export function casesText(results: readonly CaseResult[], cases: readonly object[]): string {
  const rows = results.map((result, at) => {
    const { expected, disputed } = wishOf(cases[at])
    const agrees = expected === undefined ? "-" : expected === result.verdict ? "agrees" : `differs: ${expected}`
    const note = [...(disputed ? ["disputed"] : []), ...(result.error === undefined ? [] : [result.error])].join(": ")
    return [MARK[result.verdict], result.id, result.verdict, agrees, note]
  })
  const differing = rows.filter((row) => row[3]?.startsWith("differs")).length
  const agreeing = rows.filter((row) => row[3] === "agrees").length
  const refused = results.filter(({ verdict }) => verdict === "ERROR").length
  return [
    table(["", "ID", "VERDICT", "EXPECTED", ""], rows),
    "",
    `${counted(results.length)}: ${agreeing} as expected, ${differing} different, ${results.length - agreeing - differing} without expectation; ${refused} refused`,
  ].join("\n")
}

function wishOf(entry: object | undefined): { expected?: string; disputed: boolean } {
  const { expected, status } = (entry ?? {}) as { expected?: unknown; status?: unknown }
  return { ...(typeof expected === "string" ? { expected } : {}), disputed: status === "disputed" }
}

const counted = (count: number): string => (count === 1 ? "1 case" : `${count} cases`)
