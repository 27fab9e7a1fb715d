import type { Form } from "./query.ts"
import type { Input } from "./input.ts"

type Branch = Map<string, Branch | string>

/** `A.member.1.B=x` (and `A.1.B=x`, as EC2 has it) → { A: [{ B: "x" }] }: the input that a JSON body would give. */
export function formTree(form: Form): Input {
  const root: Branch = new Map()
  for (const [path, value] of form) plant(root, path.split("."), value)
  return Object.fromEntries([...root].map(([name, each]) => [name, valueOf(each)]))
}

function plant(branch: Branch, [name = "", ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    branch.set(name, value)
    return
  }
  const known = branch.get(name)
  const next: Branch = known instanceof Map ? known : new Map()
  if (next !== known) branch.set(name, next)
  plant(next, rest, value)
}

function valueOf(node: Branch | string): unknown {
  if (typeof node === "string") return node
  const member = node.get("member")
  if (node.size === 1 && member instanceof Map) return valueOf(member)
  const names = [...node.keys()]
  if (names.every((name) => /^\d+$/.test(name))) {
    return names.sort((a, b) => Number(a) - Number(b)).map((name) => valueOf(node.get(name) ?? ""))
  }
  return Object.fromEntries([...node].map(([name, each]) => [name, valueOf(each)]))
}
