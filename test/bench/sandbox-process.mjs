// The server side of the bench: the built sandbox, alone in its process. Its options come as JSON in the first argument.
const started = performance.now()
const { startSandbox } = await import("../../dist/src/sandbox/index.js")
const options = JSON.parse(process.argv[2] ?? "{}")
const accounts = options.accounts ?? [{ id: "111111111111", name: "bench" }]
const sandbox = await startSandbox({ ...options, accounts })
process.send({
  endpoint: sandbox.endpoint,
  credentials: sandbox.credentialsFor(accounts[0].id),
  each: Object.fromEntries(accounts.map(({ id }) => [id, sandbox.credentialsFor(id)])),
  startMs: performance.now() - started,
})
process.on("message", (asked) => {
  if (asked === "memory") process.send({ rssMb: process.memoryUsage().rss / 1e6 })
  else {
    sandbox.faults.clear()
    for (const fault of asked.faults) sandbox.faults.add(fault)
    process.send({ ok: true })
  }
})
