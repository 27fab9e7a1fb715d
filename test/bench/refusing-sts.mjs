// An STS that knows nobody, in a process of its own: the bench waits for its children without an event loop.
import { createServer } from "node:http"
const body =
  "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>"
const server = createServer((_, answer) => answer.writeHead(403, { "content-type": "text/xml" }).end(body))
server.listen(0, "127.0.0.1", () => process.send(server.address().port))
