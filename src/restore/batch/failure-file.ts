import type { RestoreDeps, RunFile, RunFiles } from "../ports.ts"
import type { FailedTask } from "./report.ts"

/** More are in the file; the stream of events is for what a person can read. */
const MOST_EVENTS = 1_000
const FLUSH_AT = 1_000

/** The failed tasks of one job, one JSON object a line. A report that is read again is written anew. */
export class FailureFile {
  readonly name: string
  readonly #deps: RestoreDeps
  readonly #files: RunFiles
  readonly #part: string
  #file: RunFile | undefined
  #lines: string[] = []
  #count = 0

  /** Of the run's folder: `name` must not be there. */
  constructor(deps: RestoreDeps, files: RunFiles, name: string, part: string) {
    this.name = name
    this.#deps = deps
    this.#files = files
    this.#part = part
  }

  add(task: FailedTask): void {
    this.#lines.push(JSON.stringify(task))
    const { key, versionId, code, message } = task
    if (this.#count++ < MOST_EVENTS)
      this.#deps.emit("restore.object", {
        part: this.#part,
        object: key,
        ...(versionId === "" ? {} : { versionId }),
        result: "failed",
        why: code,
        message,
      })
    if (this.#lines.length >= FLUSH_AT) this.#write()
  }

  async close(): Promise<void> {
    this.#write()
    await this.#file?.sync()
    this.#file?.close()
  }

  #write(): void {
    if (this.#lines.length === 0) return
    this.#file ??= this.#files.create(this.name)
    this.#file.append(Buffer.from(`${this.#lines.join("\n")}\n`))
    this.#lines = []
  }
}
