/** One right that a role lacks, or of which nobody can tell, with what gives it. */
export interface Missing {
  /** Begins the sentence that the right ends: `the recovery role ARN may not`. */
  readonly who: string
  /** `s3:ListBucket on ARN to list the source (AWS refuses it)` */
  readonly right: string
  /** Why nobody can tell; each is a line. */
  readonly because: readonly string[]
  /** What to change; each is a line. */
  readonly remedies: readonly string[]
}

interface Block {
  readonly who: string
  readonly rights: Set<string>
  readonly because: Set<string>
  readonly remedies: Set<string>
}

/**
 * All that is missing in as few lines as possible. Rights that one change gives stand together above it: one statement
 * that was taken away shows in a dozen calls, and the person who reads this adds one. Of what nobody can tell, which comes
 * last, all that could not be read stands below all rights that hang on it.
 */
export function missingText(all: readonly Missing[]): string {
  const blocks = new Map<string, Block>()
  for (const { who, right, because, remedies } of all) {
    const name = JSON.stringify(because.length > 0 ? [who] : [who, remedies])
    const block = blocks.get(name) ?? { who, rights: new Set(), because: new Set(), remedies: new Set() }
    blocks.set(name, block)
    block.rights.add(right)
    because.forEach((line) => block.because.add(line))
    remedies.forEach((line) => block.remedies.add(line))
  }
  const sure = [...blocks.values()].filter(({ because }) => because.size === 0)
  const open = [...blocks.values()].filter(({ because }) => because.size > 0)
  return [...sure, ...open].flatMap(linesOf).join("\n")
}

function linesOf({ who, rights, because, remedies }: Block): string[] {
  const [only, ...more] = rights
  const head = only !== undefined && more.length === 0 ? [`${who} ${only}`] : [who, ...[...rights].map(indented)]
  return [...head, ...[...because, ...remedies].map(indented)]
}

const indented = (line: string): string => `  ${line}`
