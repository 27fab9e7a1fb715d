import { expect, it } from "vitest"
import { hoistGlobalFlags } from "../../src/runtime/argv.ts"

it.each([
  { typed: "--json drill list", means: "drill list --json" },
  { typed: "-q --config x.yaml drill run loki -e prod", means: "drill run loki -e prod -q --config x.yaml" },
  { typed: "--state-dir=/tmp/s drill list --json", means: "drill list --json --state-dir=/tmp/s" },
  { typed: "--json drill run -- --odd", means: "drill run --json -- --odd" },
  { typed: "drill list --json", means: "drill list --json" },
  { typed: "--json", means: "--json" },
  { typed: "--config x.yaml", means: "--config x.yaml" },
  { typed: "--help", means: "--help" },
  { typed: "--unknown drill list", means: "--unknown drill list" },
])("$typed → $means", ({ typed, means }) => {
  expect(hoistGlobalFlags(typed.split(" "))).toEqual(means.split(" "))
})
