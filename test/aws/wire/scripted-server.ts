import { createServer, type AddressInfo, type Socket } from "node:net"

/** Answers the first request on each connection with the pieces it was given, one a turn of the event loop, and closes. */
export async function scriptedServer() {
  let pieces: readonly Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket))
    socket.once("data", () => play(socket, pieces, 0))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    say: (next: readonly Buffer[]) => void (pieces = next),
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function play(socket: Socket, pieces: readonly Buffer[], at: number): void {
  const piece = pieces[at]
  if (piece === undefined || socket.destroyed) socket.end()
  else socket.write(piece, () => setImmediate(() => play(socket, pieces, at + 1)))
}
