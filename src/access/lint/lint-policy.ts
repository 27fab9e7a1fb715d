import type { PolicyKind } from "../statement.ts"
import { parsePolicy } from "../document.ts"
import { assumedRendering } from "./assumed-rendering.ts"
import { isNoPolicy } from "./issues.ts"
import { jsonErrorAt } from "./json-error.ts"
import { judge, type Judgement } from "./judge.ts"
import { lineFinder } from "./lines.ts"
import { policyContext, type Attached } from "./policy-context.ts"
import type { Expectations, LintFacts, Path, PolicyContext, Rule } from "./rule.ts"

export interface LintOptions extends LintFacts {
  /** File or name, for people. */
  readonly name?: string
}

export interface PolicyLint extends Judgement {
  readonly kind: PolicyKind
  /** What was taken for given because nobody said it. */
  readonly assumed: readonly string[]
}

/** Everything that is wrong with one policy; never throws. Rules that the given facts do not suffice for are `skipped`. */
export function lintPolicy(source: string | object, kind: PolicyKind, options: LintOptions = {}): PolicyLint {
  return lintAttached(source, kind, options.name ?? `${kind} policy`, options)
}

export function lintAttached(
  source: string | object,
  kind: PolicyKind,
  subject: string,
  facts: Expectations,
  attached: Attached = {},
  only: (rule: Rule) => boolean = () => true,
): PolicyLint {
  const context = policyContext(source, kind, subject, facts, attached)
  const assumed = assumedFor(context)
  const unfit = unfitness(context)
  let finder: ((path: Path) => number | undefined) | undefined
  const isOfText = (rule: Rule): boolean => rule.id.startsWith("DRP")
  const judgement = judge(kind, context, {
    document: context.document,
    only: (rule) => only(rule) && (assumed === undefined || isOfText(rule)),
    unfit: (rule) => (isOfText(rule) ? undefined : unfit),
    ...(context.text === undefined ? {} : { lineOf: (path) => (finder ??= finderFor(context))(path) }),
  })
  if (assumed === undefined) return { ...judgement, kind, assumed: assumptions(context) }
  const filled = policyContext(assumed.text, kind, subject, facts, attached)
  const meant = judge(kind, filled, {
    document: filled.document,
    only: (rule) => only(rule) && !isOfText(rule),
    lineOf: lineFinder(assumed.text),
  })
  return {
    ...judgement,
    findings: [...judgement.findings, ...meant.findings],
    skipped: [...judgement.skipped, ...meant.skipped],
    ran: [...judgement.ran, ...meant.ran],
    kind,
    assumed: [...assumed.assumed, ...assumptions(filled)],
  }
}

/** What a template probably says once it is rendered; undefined = it is rendered, or nobody can guess. */
function assumedFor({ issues, text, kind }: PolicyContext): ReturnType<typeof assumedRendering> {
  if (text === undefined || !issues.some(({ code }) => code === "unrendered")) return undefined
  const assumed = assumedRendering(text)
  if (assumed === undefined) return undefined
  return parsePolicy(assumed.text, kind).issues.some(({ severity }) => severity === "refuse") ? undefined : assumed
}

function unfitness({ issues, compiled }: PolicyContext): string | undefined {
  const [first] = issues.filter(({ code }) => code === "unrendered")
  if (first !== undefined) return "the template is not rendered: its placeholders could be anything (--var NAME=VALUE)"
  if (issues.some(isNoPolicy)) return "there is no policy to judge"
  return compiled.statements.length === 0 && issues.some(({ severity }) => severity === "refuse")
    ? "no statement could be read"
    : undefined
}

/** In a text that is no JSON the only place is where it stops to be one. */
function finderFor({ text = "", issues }: PolicyContext): (path: Path) => number | undefined {
  if (!issues.some(isNoPolicy)) return lineFinder(text)
  if (!issues.some(({ code }) => code === "not-json")) return () => undefined
  const line = text.slice(0, jsonErrorAt(text)).split("\n").length
  return () => line
}

function assumptions({ kind, account, facts, document }: PolicyContext): readonly string[] {
  const given = facts.account ?? facts.keyArn
  if (kind !== "key" || given !== undefined || account === undefined || document.statements.length === 0) return []
  return [`the key belongs to account ${account}, which the policy lets control it (--account says otherwise)`]
}
