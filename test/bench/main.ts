import { accessBench } from "./access.ts"
import { keysBench } from "./keys.ts"
import { listingBench } from "./listing.ts"
import { restoreBench } from "./restore.ts"
import { resumeBench } from "./resume.ts"
import { sandboxBench } from "./sandbox.ts"
import { startBench } from "./start.ts"

/** `npm run bench [name] [case …]`: measurements, never part of the tests. */
const BENCHES: Readonly<Record<string, (wanted?: readonly string[]) => Promise<void>>> = {
  access: accessBench,
  keys: keysBench,
  listing: listingBench,
  restore: restoreBench,
  resume: resumeBench,
  sandbox: sandboxBench,
  start: startBench,
}

const [only, ...cases] = process.argv.slice(2)
for (const name of only === undefined ? Object.keys(BENCHES) : [only]) {
  const bench = BENCHES[name]
  if (bench === undefined) {
    process.stderr.write(`there is no bench ${JSON.stringify(name)}; known are ${Object.keys(BENCHES).join(", ")}\n`)
    process.exit(64)
  }
  await bench(cases)
}
