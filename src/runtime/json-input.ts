import { duplicateKeys } from "../access/json-keys.ts"
import { display } from "../kernel/display.ts"
import { messageOf } from "../kernel/errors.ts"
import { badInput } from "./input-text.ts"

/** @throws DrError E_INPUT (78): not JSON, or a name that stands twice in one object, which means two things */
export function parseInput(path: string, text: string, hints: readonly string[] = []): unknown {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""))
  } catch (cause) {
    throw badInput(path, `it is not JSON: ${display(messageOf(cause), 200)}`, hints, cause)
  }
  const [twice] = duplicateKeys(text)
  if (twice !== undefined)
    throw badInput(
      path,
      `the name ${JSON.stringify(display(twice.key))} stands twice in ${twice.path.join(".") || "it"}`,
    )
  return value
}
