import { seededFraction } from "../../kernel/random.ts"
import type { FaultRule, NewFault } from "./rules.ts"

/** What a rule can look at. `text()` is asked only when a rule has a `match`. */
interface FaultFacts {
  readonly service: string
  readonly operation: string
  readonly region: string
  readonly account: string
  text(): string
}

export interface FaultStatus {
  readonly rule: FaultRule
  /** Calls that fitted, and those that were struck. */
  readonly seen: number
  readonly struck: number
}

export interface FaultScript {
  add(fault: NewFault): FaultRule
  /** Without an id: all. Returns how many went. */
  clear(id?: string): number
  list(): FaultStatus[]
  /** The first rule that strikes this call; counts it. */
  strike(facts: FaultFacts): FaultRule | undefined
}

interface Armed {
  readonly rule: FaultRule
  seen: number
  struck: number
}

/** Same seed, same rules, same order of calls: same faults. */
export function faultScript(seed: string): FaultScript {
  const armed: Armed[] = []
  let made = 0
  return {
    add(fault) {
      const rule: FaultRule = { ...fault, id: fault.id ?? `fault-${++made}` }
      armed.push({ rule, seen: 0, struck: 0 })
      return rule
    },
    clear(id) {
      const before = armed.length
      for (let at = armed.length - 1; at >= 0; at--)
        if (id === undefined || armed[at]?.rule.id === id) armed.splice(at, 1)
      return before - armed.length
    },
    list: () => armed.map((each) => ({ ...each })),
    strike(facts) {
      return armed.length === 0 ? undefined : armed.find((each) => strikes(each, facts, seed))?.rule
    },
  }
}

function strikes(armed: Armed, facts: FaultFacts, seed: string): boolean {
  const { rule } = armed
  if (!fits(rule, facts)) return false
  const turn = armed.seen++
  if (turn < (rule.after ?? 0)) return false
  if (rule.count !== undefined && armed.struck >= rule.count) return false
  if (rule.probability !== undefined && seededFraction(seed, `${rule.id}/${turn}`) >= rule.probability) return false
  armed.struck++
  return true
}

function fits(rule: FaultRule, facts: FaultFacts): boolean {
  if (rule.service !== undefined && rule.service !== facts.service) return false
  if (rule.operation !== undefined && rule.operation !== "*" && rule.operation !== facts.operation) return false
  if (rule.region !== undefined && rule.region !== facts.region) return false
  if (rule.account !== undefined && rule.account !== facts.account) return false
  return rule.match === undefined || rule.match === "" || facts.text().includes(rule.match)
}
