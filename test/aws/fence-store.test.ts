import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connectAws, type AllPorts } from "../../src/aws/ports.ts"
import type { AccountId, BucketName, RegionName } from "../../src/kernel/brands.ts"
import type { DrError } from "../../src/kernel/errors.ts"
import { MINUTE } from "../../src/kernel/units.ts"
import type { FenceRecord, FenceStore } from "../../src/restore/fence/fence-store.ts"
import { holdFence, type FenceDeps } from "../../src/restore/fence/hold.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { fakeClock } from "../support/fake-clock.ts"

const ACCOUNT = "222222222222" as AccountId
const REGION = "eu-west-1" as RegionName
let sandbox: Sandbox
let aws: AllPorts
let s3: S3Client

beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "recovery" }] })
  const credentials = sandbox.credentialsFor(ACCOUNT)
  s3 = new S3Client({ endpoint: sandbox.endpoint, region: REGION, credentials, forcePathStyle: true })
  await s3.send(
    new CreateBucketCommand({ Bucket: "scratch", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }),
  )
  aws = await connectAws({
    deps: {
      clock: { ...systemClock, sleep: async () => undefined },
      emit: () => {},
      signal: new AbortController().signal,
    },
    endpoint: sandbox.endpoint,
    region: REGION,
    credentials: async () => credentials,
  })
})
afterAll(() => {
  aws.close()
  return sandbox.close()
})

const storeOf = (env: string): FenceStore =>
  aws.fences(aws.base, REGION, { bucket: "scratch" as BucketName, prefix: "dr-drill/", owner: ACCOUNT, env })
const record: FenceRecord = {
  version: 1,
  state: "held",
  run: "dr-1",
  kind: "Restore",
  holder: { pid: 1, boot: "b", started: "1" },
  beat: 0,
}

describe("numbered locks in S3", () => {
  it("are written once, changed only by who knows them, and found again", async () => {
    const store = storeOf("one")
    expect(await store.latest()).toBeUndefined()
    expect(await store.get(9)).toBeUndefined()
    const etag = (await store.putIfAbsent(9, record)) ?? ""
    expect(await store.putIfAbsent(9, record)).toBeUndefined()
    expect(await store.get(9)).toMatchObject({ record, etag, modifiedAt: expect.any(Number) })
    const next = await store.putIfMatch(9, { ...record, beat: 1 }, etag)
    expect(next).not.toBe(etag)
    expect(await store.putIfMatch(9, { ...record, beat: 2 }, etag)).toBeUndefined()
    expect(await store.putIfMatch(8, record, etag)).toBeUndefined()
    await store.putIfAbsent(10, record)
    await store.putIfAbsent(2, record)
    expect(await store.latest()).toBe(10)
    await store.delete(10)
    expect(await store.latest()).toBe(9)
  })

  it("that somebody else wrote are refused by their name", async () => {
    await s3.send(new PutObjectCommand({ Bucket: "scratch", Key: "dr-drill/locks/two/1.json", Body: "{}" }))
    await expect(storeOf("two").get(1)).rejects.toMatchObject({
      code: "E_FENCE_RECORD",
      message: expect.stringContaining("dr-drill/locks/two/1.json"),
    })
  })

  it("hold one of two machines off until the other was silent for ten minutes and a person asks", async () => {
    const clock = fakeClock(sandbox.clock.now())
    const lost: DrError[] = []
    const deps = (online: () => boolean): FenceDeps => {
      const store = storeOf("three")
      return {
        clock,
        store: {
          ...store,
          putIfMatch: (...args) => (online() ? store.putIfMatch(...args) : Promise.reject(new Error("no network"))),
        },
        isGone: () => false,
        onLost: (error) => lost.push(error),
        onTrouble: () => {},
      }
    }
    const request = (run: string, takeOver = false) => ({
      env: "three",
      run,
      kind: "Restore",
      me: { pid: 7, boot: run, started: "1" },
      takeOver,
      above: 0,
    })
    let online = true
    await holdFence(
      deps(() => online),
      request("dr-a"),
    )
    await expect(
      holdFence(
        deps(() => true),
        request("dr-b", true),
      ),
    ).rejects.toMatchObject({ code: "E_FENCED", exit: 75 })

    online = false
    sandbox.clock.advance(11 * MINUTE)
    clock.setWall(sandbox.clock.now())
    await expect(
      holdFence(
        deps(() => true),
        request("dr-b"),
      ),
    ).rejects.toMatchObject({ code: "E_FENCED" })
    const taker = await holdFence(
      deps(() => true),
      request("dr-b", true),
    )
    expect(taker.epoch).toBe(2)

    online = true
    clock.advance(MINUTE)
    await expect.poll(() => lost.map(({ message }) => message)).toEqual(["run dr-b took over the environment three"])
    await taker.release()
    expect((await storeOf("three").get(2))?.record.state).toBe("released")
  })
})
