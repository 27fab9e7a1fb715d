import type { PrincipalClass } from "../access/classes.ts"
import type { WhoCan } from "../access/who-can.ts"
import { display } from "../kernel/display.ts"

const MARK = { allowed: "✓", depends: "?", "implicit-deny": "✕", "explicit-deny": "✕" } as const

/** Who can, for people: what was asked first, then names, classes and grants, and whom it spares. */
export function whoCanText(result: WhoCan): string {
  const { action, resource, source, takenAt, principals, classes, grants, denied, gaps } = result
  const nobody = principals.length === 0 && classes.length === 0 && grants.length === 0
  const count = principals.length + denied.length
  return [
    `who can ${action} on ${display(resource)}`,
    `  asked: ${display(source)}${takenAt === undefined ? "" : ` as of ${takenAt}`}, ${count} ${count === 1 ? "principal" : "principals"}`,
    ...principals.flatMap(({ principal, label, verdict, because, conditions }) => [
      `${MARK[verdict]} ${verdict}  ${display(principal)}${label === undefined ? "" : `  (${display(label)})`}`,
      ...because.map((each) => `    because ${display(each)}`),
      ...conditions.map((each) => `    ${display(each)}`),
    ]),
    ...(classes.length === 0 ? [] : ["classes that the inventory does not list"]),
    ...classes.flatMap(classLines),
    ...(grants.length === 0 ? [] : ["grants"]),
    ...grants.map(
      ({ id, name, grantee, verdict, conditions }) =>
        `${MARK[verdict]} ${verdict}  ${display(grantee)}  grant ${display(name ?? id)}${conditions.length === 0 ? "" : `, only if ${display(conditions.join(" and "))}`}`,
    ),
    ...(nobody ? ["✕ nobody: no principal of the inventory, no class and no grant has a way to it"] : []),
    ...(denied.length === 0 ? [] : [`denied: ${denied.map((arn) => display(arn)).join(", ")}`]),
    ...gaps.map((each) => `! ${display(each)}`),
  ].join("\n")
}

/** What stands for the class may be denied while others of it are spared. */
function classLines({ who, verdict, conditions, through }: PrincipalClass): string[] {
  const mark = verdict === "allowed" ? MARK.allowed : MARK.depends
  return [
    `${mark} ${verdict === "allowed" ? "allowed" : "depends"}  ${display(who)}`,
    `    because ${display(through)}`,
    ...conditions.map((each) => `    ${display(each)}`),
  ]
}
