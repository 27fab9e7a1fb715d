import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"

export interface Recorded {
  readonly method: string
  readonly url: string
  /** `name: value`, names in lower case. */
  readonly headers: readonly string[]
  readonly body: string
}

export interface Canned {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** An S3 that says what it is told, keeps what it was asked and counts its connections. */
export async function recordingServer(answer: (asked: Recorded) => Canned) {
  const requests: Recorded[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const asked = recorded(request, await wholeBody(request))
      requests.push(asked)
      const { status, headers, body } = answer(asked)
      response.writeHead(status, { "content-length": String(Buffer.byteLength(body)), ...headers }).end(body)
    }
    void serve()
  })
  server.on("connection", () => connections++)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    close: () => new Promise<void>((resolve) => server.close(() => resolve()) && server.closeAllConnections()),
  }
}

async function wholeBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString("latin1")
}

function recorded({ method = "", url = "", rawHeaders }: IncomingMessage, body: string): Recorded {
  const headers: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.push(`${(rawHeaders[at] ?? "").toLowerCase()}: ${rawHeaders[at + 1]}`)
  return { method, url, headers, body }
}
