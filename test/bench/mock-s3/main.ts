import { createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { readFileSync } from "node:fs"
import { readAsked } from "./asked.ts"
import { failure, type Answer } from "./answer.ts"
import { Buckets } from "./bucket.ts"
import { controlPlane } from "./control-plane.ts"
import { noCounters, type MockOptions } from "./options.ts"

/**
 * The mock S3, alone in its process: sockets and canned answers, no HTTP library. Arguments: key and certificate for TLS. Over IPC it
 * takes `{ reset: options }` and answers `{ counters, copied }` to `"tell"`.
 */
let options: MockOptions = { keys: 1 }
let buckets = new Buckets(options, noCounters(), performance.now())

/** All wait equally long, so the first in line is the first that is due. */
const waiting: Array<{ readonly at: number; readonly socket: Socket; readonly text: Answer | undefined }> = []
let begin = 0

function send(socket: Socket, text: Answer | undefined): void {
  if (text === undefined) socket.resetAndDestroy()
  else if (!socket.destroyed) socket.write(text)
}

function flush(): void {
  const now = performance.now()
  for (; begin < waiting.length; begin++) {
    const next = waiting[begin]
    if (next === undefined || next.at > now) break
    send(next.socket, next.text)
  }
  if (begin > 4096) {
    waiting.splice(0, begin)
    begin = 0
  }
  if (begin < waiting.length) setTimeout(flush, 1)
}

function later(socket: Socket, text: Answer | undefined, delayMs: number): void {
  if (begin === waiting.length) setTimeout(flush, delayMs)
  waiting.push({ at: performance.now() + delayMs, socket, text })
}

function serve(socket: Socket): void {
  buckets.counters.connections += 1
  socket.setNoDelay(true)
  socket.on("error", () => {})
  let rest = ""
  socket.on("data", (chunk: Buffer) => {
    rest += chunk.toString("latin1")
    for (let read = readAsked(rest); read !== undefined; read = readAsked(rest)) {
      rest = rest.slice(read.end)
      const { asked } = read
      const text =
        asked.method === "POST" && asked.path === "/"
          ? (controlPlane(asked) ?? failure(501, "NotImplemented"))
          : buckets.answer(asked, performance.now())
      if (options.delayMs === undefined) send(socket, text)
      else later(socket, text, options.delayMs)
    }
    if (rest.length > 0 && /\r\nexpect: 100-continue/i.test(rest)) socket.write("HTTP/1.1 100 Continue\r\n\r\n")
  })
}

process.on("message", (message: "tell" | { readonly reset: MockOptions }) => {
  if (message === "tell") return void process.send?.({ counters: buckets.counters, copied: buckets.copied })
  options = message.reset
  buckets = new Buckets(options, noCounters(), performance.now())
  process.send?.("reset")
})
process.on("disconnect", () => process.exit())

const [key, cert] = process.argv.slice(2)
const plain = createServer(serve)
const secure: Server[] =
  key === undefined || cert === undefined
    ? []
    : [createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, serve)]
const ports: number[] = []
for (const server of [plain, ...secure]) {
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
    ports.push((server.address() as AddressInfo).port)
    if (ports.length === secure.length + 1)
      process.send?.({
        http: (plain.address() as AddressInfo).port,
        tls: (secure[0]?.address() as AddressInfo | undefined)?.port,
      })
  })
}
