import type { Estate } from "./model.ts"
import type { Problem } from "./rules.ts"

type Part<T> = T extends string | number | boolean
  ? T
  : T extends ReadonlyArray<infer Item>
    ? ReadonlyArray<Part<Item> | undefined>
    : T extends object
      ? { readonly [K in keyof T]?: Part<T[K]> | undefined }
      : T

/**
 * An estate in which any part may be missing, so that references can be judged beside wrong shapes. What was written but is
 * invalid keeps its name with the value undefined: it is reported once, and nothing that refers to it is called unknown.
 */
export type DraftEstate = Part<Estate>
export type DraftEnvironment = Part<Estate["environments"][string]>

/** The file as read, without the values that already have a problem. */
export function draftOf(plain: unknown, problems: readonly Problem[]): DraftEstate {
  if (plain === null || typeof plain !== "object" || Array.isArray(plain)) return {}
  const draft = structuredClone(plain) as Record<string, unknown>
  for (const { path } of problems) forget(draft, path)
  return draft
}

function forget(root: Record<string, unknown>, path: ReadonlyArray<string | number>): void {
  let target = root
  for (const step of path.slice(0, -1)) {
    const next = Object.hasOwn(target, step) ? target[step] : undefined
    if (next === null || typeof next !== "object") return
    target = next as Record<string, unknown>
  }
  const last = path.at(-1)
  if (last !== undefined) target[last] = undefined
}

/** What is written under names, without the invalid ones. */
export function entriesOf<T>(record: { readonly [name: string]: T | undefined } | undefined): Array<[string, T]> {
  return Object.entries(record ?? {}).filter((entry): entry is [string, T] => entry[1] !== undefined)
}

/** Own names only: `constructor` is the name of an account when somebody wrote one, and of nothing else. */
export function has(record: object | undefined, name: string): boolean {
  return record !== undefined && Object.hasOwn(record, name)
}
