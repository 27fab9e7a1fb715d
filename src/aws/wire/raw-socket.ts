import { connect as connectPlain, type Socket } from "node:net"
import { connect as connectTls, createSecureContext, type ConnectionOptions } from "node:tls"

/** What happens on a connection. `bytes` are lent: they are gone when the call returns. */
export interface SocketEvents {
  ready(): void
  bytes(bytes: Buffer): void
  /** The other side sends no more. */
  ended(): void
  failed(thrown: Error): void
  closed(): void
}

/** All connections read into the same memory: what comes is taken apart before the next one reads. */
const READ_BYTES = 64 * 1024
let shared: Buffer | undefined

/** A connection to `https://host:port` or, for tests and endpoints of our own, `http://…`. */
export function openSocket(origin: string, events: SocketEvents): Socket {
  const buffer = (shared ??= Buffer.allocUnsafeSlow(READ_BYTES))
  const onread = {
    buffer,
    callback: (count: number): boolean => {
      events.bytes(buffer.subarray(0, count))
      return true
    },
  }
  const { protocol, hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, "")
  const secure = protocol === "https:"
  const socket = secure
    ? connectTls(tlsOptions(host, Number(port || 443), onread))
    : connectPlain({ host, port: Number(port || 80), onread, noDelay: true })
  if (secure) socket.setNoDelay(true)
  return socket
    .once(secure ? "secureConnect" : "connect", () => events.ready())
    .on("end", () => events.ended())
    .on("error", (thrown) => events.failed(thrown))
    .once("close", () => events.closed())
}

/** One context for all connections: Node's own authorities and those of NODE_EXTRA_CA_CERTS, parsed once. */
let context: ReturnType<typeof createSecureContext> | undefined

function tlsOptions(host: string, port: number, onread: object): ConnectionOptions {
  context ??= createSecureContext({ minVersion: "TLSv1.2" })
  return { host, port, minVersion: "TLSv1.2", secureContext: context, onread } as ConnectionOptions
}
