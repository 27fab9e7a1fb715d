import { DrError, messageOf } from "../kernel/errors.ts"
import type { EventReader } from "../kernel/events.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { AppendFile } from "./append-file.ts"

/**
 * `--events FILE`: every event as one line of JSON, for programs that follow a run. Appends, so that several runs can share
 * a file. It is a copy, not the record: when the disk fills up it stops, says so once, and the run goes on.
 * @throws DrError E_EVENTS_FILE (64) when the file cannot be opened
 */
export function eventsFile(path: string, tell: (line: string) => void): EventReader {
  let file: AppendFile | undefined
  try {
    file = new AppendFile(path, { fresh: false })
  } catch (cause) {
    const message = `--events: cannot open ${path}: ${messageOf(cause)}`
    throw new DrError({
      code: "E_EVENTS_FILE",
      exit: EXIT.usage,
      message,
      hints: ["name a file in a folder that can be written"],
      cause,
    })
  }
  return (event) => {
    try {
      file?.append(Buffer.from(`${JSON.stringify(event)}\n`))
    } catch (error) {
      file = undefined
      tell(`! --events: ${path} is not complete: ${messageOf(error)}`)
    }
  }
}
