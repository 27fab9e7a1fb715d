import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import { ODD_KEYS } from "./odd-keys.ts"
import { recordingServer, type Recorded } from "./recording-server.ts"
import { requestsOfAll } from "./requests-of-all.ts"
import { planeOn } from "./wire-world.ts"

let server: Awaited<ReturnType<typeof recordingServer>>
let own: DataPlane
let sdk: DataPlane
let raw: DataPlane
const CREDENTIALS = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" }

beforeAll(async () => {
  server = await recordingServer(() => ({ status: 503, headers: {}, body: "" }))
  own = planeOn(server.endpoint, CREDENTIALS)
  raw = planeOn(server.endpoint, CREDENTIALS, { kind: "raw" })
  sdk = planeOn(server.endpoint, CREDENTIALS, { kind: "sdk" })
})
afterAll(async () => {
  await Promise.all([own.close(), raw.close(), sdk.close()])
  await server.close()
})

/**
 * Left out on both sides: what names the program and its attempts (user-agent, x-amz-user-agent, amz-sdk-*), the
 * algorithm of a checksum that is sent anyway (x-amz-sdk-checksum-algorithm), the
 * connection's own headers, the query `x-id` (the operation's name, which S3 ignores), the time and the signature, which
 * has its own differential test.
 */
function comparable({ method, url, headers, body }: Recorded): object {
  const [path, query = ""] = url.split("?")
  return {
    method,
    path: path?.replace(/\/$/, ""),
    query: query
      .split("&")
      .filter((pair) => pair !== "" && !pair.startsWith("x-id="))
      .toSorted(),
    headers: headers
      .filter(
        (each) =>
          !/^(?:user-agent|x-amz-user-agent|amz-sdk-|x-amz-sdk-|connection|x-amz-date|authorization)/.test(each),
      )
      .toSorted(),
    body,
  }
}

async function sent(plane: DataPlane, index: number, key: string): Promise<object> {
  server.requests.length = 0
  await requestsOfAll(plane, key)[index]?.()
  expect(server.requests).toHaveLength(1)
  return comparable(server.requests[0] as Recorded)
}

describe("our own wire and the SDK's", () => {
  const names = requestsOfAll(planeOn("http://127.0.0.1:1", CREDENTIALS), "k").map(
    (each, index) => [index, String(each).replace(/\s+/g, " ").slice(6, 40)] as const,
  )

  it.each(names)("send the same request %i: %s", async (index) => {
    const bySdk = await sent(sdk, index, "a b/ü+%")
    expect(await sent(own, index, "a b/ü+%")).toEqual(bySdk)
    expect(await sent(raw, index, "a b/ü+%")).toEqual(bySdk)
  })

  it("send the same copy, HEAD and listing for every odd key", async () => {
    for (const key of ODD_KEYS)
      for (const index of [0, 2, 4]) expect(await sent(own, index, key), key).toEqual(await sent(sdk, index, key))
  })

  it("sign all that they send", async () => {
    server.requests.length = 0
    await requestsOfAll(own, "k")[5]?.()
    const headers = server.requests[0]?.headers.map((each) => each.split(": ")[0] as string) ?? []
    const signed = /SignedHeaders=([^,]+)/.exec(server.requests[0]?.headers.join("\n") ?? "")?.[1]?.split(";")
    const transport = ["authorization", "connection", "content-length"]
    expect(signed).toEqual(headers.filter((name) => !transport.includes(name)).toSorted())
  })
})
