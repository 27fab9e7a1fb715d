import { readFile } from "node:fs/promises"
import { text } from "node:stream/consumers"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** The text of a file that an argument names; `-` is standard input. @throws DrError E_INPUT (64) */
export async function readFileOrStdin(path: string): Promise<string> {
  try {
    return path === "-" ? await text(process.stdin) : await readFile(path, "utf8")
  } catch (cause) {
    throw new DrError({
      code: "E_INPUT",
      exit: EXIT.usage,
      message: `cannot read ${path === "-" ? "standard input" : path}: ${messageOf(cause)}`,
      cause,
    })
  }
}
