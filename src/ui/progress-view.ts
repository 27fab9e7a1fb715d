import { lineView } from "./line-view.ts"
import { lookOf } from "./look.ts"
import { terminalView } from "./terminal-view.ts"
import type { ProgressView, ViewOptions } from "./view.ts"

/** What a person sees on stderr while a run goes on: redrawn on a terminal, plain lines anywhere else. */
export function progressView(options: ViewOptions): ProgressView {
  const look = lookOf(options.stream, options.env)
  return look.live ? terminalView(options, look) : lineView(options, look)
}
