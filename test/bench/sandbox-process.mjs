// The server side of the bench: the built sandbox, alone in its process.
const started = performance.now()
const { startSandbox } = await import("../../dist/src/sandbox/index.js")
const sandbox = await startSandbox({ accounts: [{ id: "111111111111", name: "bench" }] })
process.send({
  endpoint: sandbox.endpoint,
  credentials: sandbox.credentialsFor("111111111111"),
  startMs: performance.now() - started,
})
process.on("message", () => process.send({ rssMb: process.memoryUsage().rss / 1e6 }))
