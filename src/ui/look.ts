import { styleText } from "node:util"

/** What a stream can show. Read once per stream: stdout may be a file while stderr is a terminal. */
export interface Look {
  /** Lines may be drawn over. */
  readonly live: boolean
  readonly colour: boolean
  readonly utf8: boolean
}

/** The part of a stream that a view needs. */
export interface TextStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

export type Environment = Readonly<Record<string, string | undefined>>

/** NO_COLOR beats FORCE_COLOR; an empty variable counts as unset; TERM=dumb gets neither colour nor redrawn lines. */
export function lookOf(stream: TextStream, env: Environment): Look {
  const dumb = env["TERM"] === "dumb"
  const live = stream.isTTY === true && !dumb
  const forced = Boolean(env["FORCE_COLOR"]) && env["FORCE_COLOR"] !== "0"
  return { live, colour: !env["NO_COLOR"] && env["FORCE_COLOR"] !== "0" && (forced || live), utf8: isUtf8(env) }
}

/** Containers and timers often have no locale at all and pass UTF-8 through; only a locale that says otherwise counts. */
function isUtf8(env: Environment): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "UTF-8"
  return /utf-?8/i.test(locale)
}

export type Tone = "good" | "bad" | "attention" | "quiet"

const FORMAT = { good: "green", bad: "red", attention: "yellow", quiet: "dim" } as const

/** Colour only repeats what a glyph or a word says already. */
export function toned(text: string, tone: Tone, look: Look): string {
  return look.colour ? styleText(FORMAT[tone], text, { validateStream: false }) : text
}
