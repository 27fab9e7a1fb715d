import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { DrError } from "../../kernel/errors.ts"
import { control, CONTROL_PREFIX, type Controlled } from "../control/control-api.ts"
import { runExchange, type Parts } from "./exchange-runner.ts"
import { readBody, toSandboxRequest } from "./read-request.ts"
import { writeResponse } from "./write-response.ts"

export interface Listener {
  readonly port: number
  close(): Promise<void>
}

const LOOPBACK = "127.0.0.1"

/** Listens on 127.0.0.1 and nowhere else. `Expect: 100-continue` is answered by node itself. */
export async function listen(parts: Parts, controlled: Controlled, port: number): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, noDelay: true }, (request, response) => {
    serve(parts, controlled, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(cannotListen(port, cause)))
    server.listen(port, LOOPBACK, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => stop(server) }
}

function cannotListen(port: number, cause: Error): DrError {
  const message = `cannot listen on ${LOOPBACK}:${port}: ${cause.message}`
  return new DrError({ code: "E_SANDBOX_PORT", message, hints: ["--port 0 takes a free port"], cause })
}

async function serve(
  parts: Parts,
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const read = toSandboxRequest(request, await readBody(request))
  if (read.rawPath.startsWith(CONTROL_PREFIX)) writeResponse(response, control(controlled, read), read.method)
  else await runExchange(parts, read, response)
}

/** Open connections are cut: a black-holed client would hold the server for ever. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
