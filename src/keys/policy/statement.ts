/** The parts that policies are built from. Sids are letters and digits only: identity policies take no others. */
export type PolicyStatement = Readonly<Record<string, unknown>>

export interface Policy {
  readonly Version: "2012-10-17"
  readonly Statement: readonly PolicyStatement[]
}

/** Without datasets some statements would name nothing: AWS takes no empty list, and such an Allow gives nothing. */
export const policyOf = (statements: ReadonlyArray<PolicyStatement | undefined>): Policy => ({
  Version: "2012-10-17",
  Statement: statements.filter((each) => each !== undefined).filter((each) => !allowsNothing(each)),
})

function allowsNothing({ Effect, Principal, Resource, Condition }: PolicyStatement): boolean {
  if (Effect !== "Allow") return false
  const lists = [Resource, Principal, ...Object.values((Condition ?? {}) as Conditions)].flatMap((each) =>
    typeof each === "object" && each !== null && !Array.isArray(each) ? Object.values(each) : [each],
  )
  return lists.some((each) => Array.isArray(each) && each.length === 0)
}

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

interface Wanted {
  readonly principal?: string | readonly string[]
  readonly action: string | readonly string[]
  readonly resource?: string | readonly string[]
  readonly when?: Conditions
}

function statement(effect: "Allow" | "Deny", sid: string, wanted: Wanted): PolicyStatement {
  const { principal, action, resource, when } = wanted
  return {
    Sid: sid,
    Effect: effect,
    ...(principal === undefined ? {} : { Principal: principal === "*" ? "*" : { AWS: one(principal) } }),
    Action: one(action),
    ...(resource === undefined ? {} : { Resource: one(resource) }),
    ...(when === undefined || Object.keys(when).length === 0 ? {} : { Condition: when }),
  }
}

export const allow = (sid: string, wanted: Wanted): PolicyStatement => statement("Allow", sid, wanted)
export const deny = (sid: string, wanted: Wanted): PolicyStatement => statement("Deny", sid, wanted)

/** AWS gives a list of one back as the value itself. */
const one = (value: string | readonly string[]): string | readonly string[] =>
  typeof value !== "string" && value.length === 1 ? (value[0] ?? "") : value

/** `tfstate` + `Reads` → `TfstateReads`. */
export const sidOf = (...words: readonly string[]): string =>
  words
    .flatMap((word) => word.split(/[^A-Za-z0-9]+/))
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("")
