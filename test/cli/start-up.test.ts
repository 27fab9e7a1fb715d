import { spawnSync } from "node:child_process"
import { expect, it } from "vitest"
import { ROOT } from "../support/stripped-config.ts"

const millis = (args: string[]): number => {
  const from = performance.now()
  spawnSync(process.execPath, args)
  return performance.now() - from
}

/** The fastest of many, taken in turns: what else the machine does only ever adds. */
it("dr --version costs at most 1.4 times an empty Node", { retry: 2 }, () => {
  const times = Array.from({ length: 15 }, () => ({
    empty: millis(["-e", "0"]),
    version: millis([`${ROOT}/dist/src/main.js`, "--version"]),
  }))
  const node = Math.min(...times.map(({ empty }) => empty))
  const dr = Math.min(...times.map(({ version }) => version))
  expect(dr / node, `dr ${dr.toFixed(0)} ms, node ${node.toFixed(0)} ms`).toBeLessThan(1.4)
})
