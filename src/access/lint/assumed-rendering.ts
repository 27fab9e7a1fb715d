/** Values that a template's placeholders may stand for, by what their names say. */
const GUESSES: ReadonlyArray<readonly [RegExp, string]> = [
  [/recovery.*account|account.*recovery/i, "222222222222"],
  [/account/i, "111111111111"],
  [/region/i, "eu-central-1"],
  [/partition/i, "aws"],
  [/org/i, "o-exampleorg1"],
]

/**
 * A template with its placeholders filled with values that fit their names, so that what it says can be judged before
 * anybody renders it. Undefined = a placeholder that could be anything.
 */
export function assumedRendering(
  text: string,
): { readonly text: string; readonly assumed: readonly string[] } | undefined {
  const assumed = new Set<string>()
  let unknown = false
  const rendered = text.replace(/\$\{([A-Za-z_][\w.]*)\}/g, (placeholder, name: string) => {
    const value = GUESSES.find(([pattern]) => pattern.test(name))?.[1]
    if (value === undefined) unknown = true
    else assumed.add(`${placeholder} = ${value}`)
    return value ?? placeholder
  })
  return unknown || assumed.size === 0 ? undefined : { text: rendered, assumed: [...assumed] }
}
