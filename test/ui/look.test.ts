import { expect, it } from "vitest"
import { lookOf, toned } from "../../src/ui/look.ts"
import { fakeStream } from "./fake-stream.ts"

it.each([
  { tty: true, env: {}, live: true, colour: true },
  { tty: false, env: {}, live: false, colour: false },
  { tty: true, env: { NO_COLOR: "1" }, live: true, colour: false },
  { tty: true, env: { NO_COLOR: "" }, live: true, colour: true },
  { tty: false, env: { FORCE_COLOR: "1" }, live: false, colour: true },
  { tty: true, env: { FORCE_COLOR: "0" }, live: true, colour: false },
  { tty: true, env: { NO_COLOR: "1", FORCE_COLOR: "1" }, live: true, colour: false },
  { tty: true, env: { TERM: "dumb" }, live: false, colour: false },
])("a stream with tty=$tty and $env: live=$live colour=$colour", ({ tty, env, live, colour }) => {
  const look = lookOf(fakeStream(tty), env)
  expect([look.live, look.colour]).toEqual([live, colour])
  expect(toned("met", "good", look)).toBe(colour ? "\u001b[32mmet\u001b[39m" : "met")
})

it.each([
  { env: {}, utf8: true },
  { env: { LANG: "C.UTF-8" }, utf8: true },
  { env: { LANG: "C.UTF-8", LC_ALL: "C" }, utf8: false },
  { env: { LC_CTYPE: "de_DE.utf8", LANG: "C" }, utf8: true },
])("the locale $env reads UTF-8: $utf8", ({ env, utf8 }) => {
  expect(lookOf(fakeStream(true), env).utf8).toBe(utf8)
})
