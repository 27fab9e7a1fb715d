import { accessBench } from "./access.ts"
import { keysBench } from "./keys.ts"
import { restoreBench } from "./restore.ts"
import { sandboxBench } from "./sandbox.ts"
import { startBench } from "./start.ts"

/** `npm run bench [name]`: measurements, never part of the tests. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  access: accessBench,
  keys: keysBench,
  restore: restoreBench,
  sandbox: sandboxBench,
  start: startBench,
}

const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  const bench = BENCHES[name]
  if (bench === undefined) {
    process.stderr.write(`there is no bench ${JSON.stringify(name)}; known are ${Object.keys(BENCHES).join(", ")}\n`)
    process.exit(64)
  }
  await bench()
}
