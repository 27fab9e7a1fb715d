import { spawnSync } from "node:child_process"
import { expect, it } from "vitest"
import { ROOT } from "../support/stripped-config.ts"

const millis = (args: readonly string[]): number => {
  const from = performance.now()
  spawnSync(process.execPath, args)
  return performance.now() - from
}

/** The fastest of many, taken in turns: what else the machine does only ever adds. */
it.each([[["--version"]], [["--help"]], [["drill", "run", "--help"]]])(
  "dr %j costs at most 1.5 times an empty Node",
  { retry: 2 },
  (args) => {
    const times = Array.from({ length: 12 }, () => ({
      empty: millis(["-e", "0"]),
      asked: millis([`${ROOT}/dist/src/main.js`, ...args]),
    }))
    const node = Math.min(...times.map(({ empty }) => empty))
    const dr = Math.min(...times.map(({ asked }) => asked))
    expect(dr / node, `dr ${dr.toFixed(0)} ms, node ${node.toFixed(0)} ms`).toBeLessThan(1.5)
  },
)
