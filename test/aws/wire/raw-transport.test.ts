import { createServer, type AddressInfo, type Socket } from "node:net"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { RawTransport } from "../../../src/aws/wire/raw-transport.ts"
import type { Transport, WireAnswer } from "../../../src/aws/wire/transport.ts"
import { UndiciTransport } from "../../../src/aws/wire/undici-transport.ts"
import { fakeClock } from "../../support/fake-clock.ts"
import { scriptedAnswer, split, type ScriptedAnswer } from "./http-answers.ts"
import { scriptedServer } from "./scripted-server.ts"

let server: Awaited<ReturnType<typeof scriptedServer>>
beforeAll(async () => void (server = await scriptedServer()))
afterAll(() => server.close())

const NO_HEADERS = { list: () => [], text: () => "", isClean: () => true }

/** What the caller hears: the answer, or that there is none. Which words a broken one gets is each transport's own. */
async function heard(transport: Transport, method: ScriptedAnswer["method"], sink: boolean): Promise<unknown> {
  const chunks: Buffer[] = []
  const outcome = await new Promise<WireAnswer | string>((resolve) =>
    transport.send(
      {
        origin: server.origin,
        method,
        path: "/k",
        headers: NO_HEADERS,
        deadlineMs: 1000,
        ...(sink ? { sink: (chunk: Buffer) => void chunks.push(Buffer.from(chunk)) } : {}),
      },
      { answered: resolve, failed: ({ sent }) => resolve(sent ? NO_ANSWER : "none, not sent") },
    ),
  )
  await transport.close()
  if (typeof outcome === "string") return outcome
  return {
    status: outcome.status,
    // llhttp leaves the blanks behind a value, which do not belong to it.
    headers: [...outcome.headers()].map(([name, value]) => [name, value.trimEnd()]),
    body: outcome.body.toString("latin1"),
    streamed: Buffer.concat(chunks).toString("latin1"),
  }
}

const NO_ANSWER = "none, sent"

/** undici takes a body in a coding that it does not know as it comes; we take none but chunks. */
function codingOf(outcome: unknown): string {
  const { headers = [] } = outcome as { headers?: readonly (readonly [string, string])[] }
  const codings = headers.filter(([name]) => name === "transfer-encoding").map(([, value]) => value.toLowerCase())
  return codings.length === 0 ? "chunked" : codings.join()
}

/** llhttp takes a CR behind the status line for its end, whatever follows; we refuse it. */
const LONE_RETURN = /\r(?!\n)/

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 })
/** Where undici's reader is lenient in new ways only a long run finds; the short one is the same each time. */
const RUNS = process.env["DR_TEST_SLOW"] === "1" ? { numRuns: 10_000 } : { numRuns: 250, seed: 20 }

describe("bare sockets and undici", () => {
  it("hear the same, whatever the server says and however it is split", { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scriptedAnswer, cuts, fc.boolean(), async ({ method, bytes }, at, sink) => {
        server.say(split(bytes, at))
        const options = { clock: fakeClock(), maxInFlight: 1 }
        const raw = await heard(new RawTransport(options), method, sink)
        const undici = await heard(new UndiciTransport(options), method, sink)
        if (raw === NO_ANSWER && LONE_RETURN.test(bytes)) return
        expect(raw).toEqual(codingOf(undici) === "chunked" ? undici : NO_ANSWER)
      }),
      RUNS,
    )
  })

  it.each(["transfer-encoding: gzip", "transfer-encoding: gzip, chunked"])("part at a body in %s", async (coding) => {
    server.say([Buffer.from(`HTTP/1.1 200 OK\r\n${coding}\r\n\r\n0\r\n\r\n`)])
    const options = { clock: fakeClock(), maxInFlight: 1 }
    expect(await heard(new RawTransport(options), "GET", false)).toBe(NO_ANSWER)
    expect(await heard(new UndiciTransport(options), "GET", false)).toMatchObject({ status: 200 })
  })
})

describe("a bare socket", () => {
  const request = (path: string, headers = NO_HEADERS) =>
    ({ origin: server.origin, method: "GET", path, headers, deadlineMs: 1000 }) as const

  it.each([
    ["/k\r\nx: y", NO_HEADERS],
    ["/k k", NO_HEADERS],
    ["/k", { ...NO_HEADERS, isClean: () => false }],
  ])("is never told to send a line that ends inside: %j", async (path, headers) => {
    const transport = new RawTransport({ clock: fakeClock(), maxInFlight: 1 })
    const failed = await new Promise((resolve) =>
      transport.send(request(path, headers), { answered: resolve, failed: resolve }),
    )
    expect([failed, transport.connectionsOpened]).toMatchObject([{ code: "InvalidURI", sent: false }, 0])
    await transport.close()
  })

  it("is given up while it idles, before the server does so", async () => {
    const connections: Socket[] = []
    const patient = createServer((socket) => {
      connections.push(socket)
      socket.on("error", () => undefined)
      socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nkeep-alive: timeout=5\r\ncontent-length: 0\r\n\r\n"))
    })
    await new Promise<void>((resolve) => patient.listen(0, "127.0.0.1", resolve))
    const origin = `http://127.0.0.1:${(patient.address() as AddressInfo).port}`
    const clock = fakeClock()
    const transport = new RawTransport({ clock, maxInFlight: 4 })
    const ask = () =>
      new Promise<unknown>((resolve) =>
        transport.send({ ...request("/k"), origin }, { answered: ({ status }) => resolve(status), failed: resolve }),
      )
    expect([await ask(), await ask(), transport.connectionsOpened]).toEqual([200, 200, 1])
    const closed = new Promise((resolve) => connections[0]?.once("close", resolve))
    clock.advance(4_250)
    await closed
    expect([await ask(), transport.connectionsOpened]).toEqual([200, 2])
    await transport.close()
    patient.close()
  })
})
