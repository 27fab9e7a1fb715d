import type { TextStream } from "../../src/ui/look.ts"

export interface FakeStream extends TextStream {
  readonly written: string[]
  all(): string
}

export function fakeStream(isTTY: boolean, columns = 80): FakeStream {
  const written: string[] = []
  return { isTTY, columns, written, write: (text) => void written.push(text), all: () => written.join("") }
}
