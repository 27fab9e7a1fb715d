import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { CASES, type Target } from "./cases.ts"

describe.each([undefined, 2])("the sandbox behaves like AWS (page size %s)", (pageSize) => {
  let sandbox: Sandbox
  let target: Target
  beforeAll(async () => {
    sandbox = await startSandbox({
      accounts: [{ id: "111111111111", name: "workload" }],
      replicaDelayMs: 0,
      ...(pageSize === undefined ? {} : { pageSize }),
    })
    target = {
      name: "sandbox",
      endpoint: sandbox.endpoint,
      credentials: sandbox.credentialsFor("111111111111"),
      account: "111111111111",
      regions: ["eu-central-1", "eu-west-1"],
      lacks: new Set(),
    }
  })
  afterAll(() => sandbox.close())

  it.each(CASES.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
    await expect(each.run(target)).resolves.toBeUndefined()
  })
})
