import { readFile, stat } from "node:fs/promises"
import { duplicateKeys } from "../access/json-keys.ts"
import { display } from "../kernel/display.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** Far above any plan or inventory, and below what one string can hold. */
const MAX_BYTES = 256 * 1024 * 1024

/** The text of a file that was named on the command line. @throws DrError E_READ (1), E_INPUT (78) */
export async function readInput(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  // A pipe would be waited for, deaf to Ctrl-C; a device has no end.
  if (!found.isFile()) throw badInput(path, found.isDirectory() ? "it is a folder" : "it is not a regular file")
  if (found.size > MAX_BYTES) throw badInput(path, `it is larger than ${MAX_BYTES} bytes`)
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
}

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

function unreadable(path: string, cause: unknown): DrError {
  return new DrError({
    code: "E_READ",
    exit: EXIT.failed,
    message: `cannot read ${display(path)}: ${messageOf(cause)}`,
    hints: [`ls -l ${display(path)}`],
    cause,
  })
}

export function badInput(path: string, why: string, hints: readonly string[] = [], cause?: unknown): DrError {
  return new DrError({
    code: "E_INPUT",
    exit: EXIT.config,
    message: `cannot use ${display(path)}: ${why}`,
    hints,
    ...(cause === undefined ? {} : { cause }),
  })
}
