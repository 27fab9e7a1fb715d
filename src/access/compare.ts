import type { Residual, Verdict } from "./decision.ts"

/** What is asked in both worlds: one verdict, and on what it hangs. */
export interface Cell {
  /** ARN, or a class of principals in words. */
  readonly principal: string
  readonly action: string
  readonly resource: string
  readonly verdict: Verdict
  /** Of an open verdict: two that hang on different things are not the same. */
  readonly hangsOn: string
}

export interface CellChange {
  readonly principal: string
  readonly action: string
  readonly resource: string
  /** `absent`: the principal or the resource is only in the other one. */
  readonly before: Verdict | "absent"
  readonly after: Verdict | "absent"
  /** `conditions`: open before and after, and it hangs on something else. */
  readonly change: "wider" | "narrower" | "conditions"
}

export interface Comparison {
  readonly before: string
  readonly after: string
  /** Only of policy files. */
  readonly statements: readonly StatementChange[]
  readonly cells: readonly CellChange[]
  readonly wider: number
  readonly narrower: number
  readonly same: boolean
  /** What was taken for granted. */
  readonly assumes: readonly string[]
}

export interface StatementChange {
  readonly change: "added" | "removed" | "changed"
  /** Its Sid, else its place. */
  readonly statement: string
  /** Elements that differ; only of a changed one. */
  readonly elements: readonly string[]
}

const WIDTH: Readonly<Record<Verdict | "absent", number>> = {
  absent: 0,
  "implicit-deny": 0,
  "explicit-deny": 0,
  depends: 1,
  allowed: 2,
}

/** Cells whose answer opened, closed or hangs on something else. Denied is denied, whatever denies. */
export function changedCells(before: Iterable<Cell>, after: Iterable<Cell>): readonly CellChange[] {
  const [old, now] = [byName(before), byName(after)]
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)]
    const cell = is ?? was
    if (cell === undefined) return []
    const [from, to] = [was?.verdict ?? "absent", is?.verdict ?? "absent"] as const
    const change = changeOf(WIDTH[to] - WIDTH[from], was, is)
    if (change === undefined) return []
    const { principal, action, resource } = cell
    return [{ principal, action, resource, before: from, after: to, change }]
  })
}

function changeOf(step: number, was: Cell | undefined, is: Cell | undefined): CellChange["change"] | undefined {
  if (step !== 0) return step > 0 ? "wider" : "narrower"
  const open = was?.verdict === "depends" && is?.verdict === "depends"
  return open && was.hangsOn !== is.hangsOn ? "conditions" : undefined
}

/** Several statements may mean the same class: the widest answer counts. */
function byName(cells: Iterable<Cell>): Map<string, Cell> {
  const found = new Map<string, Cell>()
  for (const cell of cells) {
    const name = `${cell.principal}\n${cell.action}\n${cell.resource}`
    const known = found.get(name)
    if (known === undefined || WIDTH[cell.verdict] > WIDTH[known.verdict]) found.set(name, cell)
  }
  return found
}

/** The conditions of an open verdict, whatever statement they stand in. */
export function hangsOn(depends: readonly Residual[] | undefined): string {
  const tests = (depends ?? []).map(({ must, tests: conditions }) =>
    JSON.stringify([
      must,
      conditions.map(({ operator, key, values }) => [operator, key.toLowerCase(), values.toSorted()]),
    ]),
  )
  return [...new Set(tests)].toSorted().join("\n")
}

export function comparison(
  names: readonly [string, string],
  cells: readonly CellChange[],
  statements: readonly StatementChange[] = [],
  assumes: readonly string[] = [],
): Comparison {
  const count = (change: CellChange["change"]): number => cells.filter((cell) => cell.change === change).length
  return {
    before: names[0],
    after: names[1],
    statements,
    cells,
    wider: count("wider"),
    narrower: count("narrower"),
    same: cells.length === 0 && statements.length === 0,
    assumes,
  }
}
