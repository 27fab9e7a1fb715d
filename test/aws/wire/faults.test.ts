import { createServer, type Socket } from "node:net"
import type { AddressInfo } from "node:net"
import { PutObjectCommand } from "@aws-sdk/client-s3"
import { afterEach, describe, expect, it } from "vitest"
import type { CallError, Outcome } from "../../../src/restore/data-plane.ts"
import type { NewFault } from "../../../src/sandbox/faults/rules.ts"
import { fakeClock } from "../../support/fake-clock.ts"
import { recordingServer } from "./recording-server.ts"
import { copyOf, KEY_ARN } from "./requests-of-all.ts"
import { OWNER, planeOn, SOURCE, TARGET, wireWorld } from "./wire-world.ts"

const CREDENTIALS = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" }
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

function errorOf(outcome: Outcome<unknown>): CallError {
  if (outcome.kind === "ok") throw new TypeError("no error")
  return outcome.error
}

/** A server that does with each connection what it likes. */
async function rawServer(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined))
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const KINDS = ["undici", "raw"] as const

describe.each(KINDS)("a copy on the sandbox by %s", (kind) => {
  const CASES: readonly (readonly [NewFault, Partial<CallError>])[] = [
    [{ kind: "throttle" }, { class: "throttled", code: "SlowDown", ambiguous: false }],
    [
      { kind: "error", status: 503, code: "SlowDown", message: "Please reduce your KMS request rate" },
      { class: "kms-throttled", ambiguous: false },
    ],
    [
      { kind: "error", status: 400, code: "KMS.ThrottlingException" },
      { class: "kms-throttled", ambiguous: false },
    ],
    [
      { kind: "error", status: 400, code: "KMS.DisabledException" },
      { class: "key-state", ambiguous: false },
    ],
    [
      { kind: "error", status: 404, code: "NoSuchBucket" },
      { class: "wrong-region", ambiguous: false },
    ],
    [
      { kind: "error", status: 500, code: "InternalError" },
      { class: "transient", ambiguous: true },
    ],
    [
      { kind: "error", status: 403, code: "RequestTimeTooSkewed" },
      { class: "credentials", ambiguous: false },
    ],
    [{ kind: "deny" }, { class: "access-denied", ambiguous: false }],
    [{ kind: "redirect" }, { class: "wrong-region", ambiguous: false }],
    [{ kind: "error-in-200" }, { class: "broken", ambiguous: true }],
    [{ kind: "cut-before-commit" }, { class: "transient", code: "ECONNRESET", ambiguous: true }],
    [{ kind: "cut-after-commit" }, { class: "transient", code: "ECONNRESET", ambiguous: true }],
  ]

  it("ends in its own class for every fault, is told apart from one that was never sent, and is made once", async () => {
    const world = await wireWorld({}, kind)
    ends.push(() => world.close())
    const put = await world.s3.send(new PutObjectCommand({ Bucket: SOURCE, Key: "k", Body: "x" }))
    const copy = copyOf("k", {
      source: { bucket: SOURCE, key: "k", owner: OWNER },
      sourceEtag: put.ETag ?? "",
      keyArn: world.newKey,
    })
    for (const [fault, expected] of CASES) {
      const { id } = world.sandbox.faults.add({ ...fault, service: "s3", operation: "CopyObject" })
      expect(errorOf(await world.plane.copy(copy)), JSON.stringify(fault)).toMatchObject(expected)
      world.sandbox.faults.clear(id)
    }
    // The copy whose answer was cut is there: it is not made over.
    expect(errorOf(await world.plane.copy(copy))).toMatchObject({ class: "precondition", ambiguous: false })
    expect(await world.plane.head(copy.destination)).toMatchObject({ kind: "ok", value: { keyArn: world.newKey } })
    const copies = world.sandbox.audit.filter(({ operation }) => operation === "CopyObject")
    expect(copies).toHaveLength(CASES.length + 1)
  })
})

describe.each(KINDS)("the %s transport", (kind) => {
  it("gives up a drip at its deadline, and what came may have been done", async () => {
    let asked = (): void => undefined
    const begun = new Promise<void>((resolve) => (asked = resolve))
    const endpoint = await rawServer((socket) =>
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<")
        asked()
      }),
    )
    const clock = fakeClock()
    const plane = planeOn(endpoint, CREDENTIALS, { kind, clock })
    ends.push(() => plane.close())
    const copy = plane.copy(copyOf("k", { sizeBytes: 8_000_000 }))
    await begun
    clock.advance(60_900)
    const early = await Promise.race([copy, new Promise((resolve) => setImmediate(resolve, "still waiting"))])
    expect(early).toBe("still waiting")
    clock.advance(250)
    expect(errorOf(await copy)).toMatchObject({ class: "transient", code: "TimeoutError", ambiguous: true })
  })

  it("says when nothing was sent", async () => {
    const server = await recordingServer(() => ({ status: 200, headers: {}, body: "" }))
    await server.close()
    const plane = planeOn(server.endpoint, CREDENTIALS, { kind })
    ends.push(() => plane.close())
    expect(errorOf(await plane.copy(copyOf("k")))).toMatchObject({
      code: "ECONNREFUSED",
      class: "transient",
      ambiguous: false,
    })
  })

  it.each(["301 Moved Permanently", "307 Temporary Redirect"])("never follows %s", async (status) => {
    let asked = 0
    const endpoint = await rawServer((socket) =>
      socket.on("data", () => {
        asked++
        socket.write(`HTTP/1.1 ${status}\r\nlocation: ${endpoint}/elsewhere\r\ncontent-length: 0\r\n\r\n`)
      }),
    )
    const plane = planeOn(endpoint, CREDENTIALS, { kind })
    ends.push(() => plane.close())
    expect(errorOf(await plane.copy(copyOf("k")))).toMatchObject({ class: "wrong-region" })
    expect(asked).toBe(1)
  })

  it("reads chunked bodies, blanks before a late answer and a connection that is closed behind it", async () => {
    const xml = `<?xml version="1.0"?>\n  <CopyObjectResult><LastModified>x</LastModified><ETag>&quot;e&quot;</ETag></CopyObjectResult>`
    const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
    const key = `x-amz-server-side-encryption: aws:kms\r\nx-amz-server-side-encryption-aws-kms-key-id: ${KEY_ARN}\r\n`
    const endpoint = await rawServer((socket) =>
      socket.on("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\n${key}connection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunk("  \n")}`)
        socket.write(chunk(" ") + chunk(xml.slice(0, 40)) + chunk(xml.slice(40)))
        socket.end("0\r\n\r\n")
      }),
    )
    const plane = planeOn(endpoint, CREDENTIALS, { kind, maxInFlight: 1 })
    ends.push(() => plane.close())
    const outcomes = await Promise.all([plane.copy(copyOf("a")), plane.copy(copyOf("b"))])
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(["ok", "ok"])
  })

  it("keeps one connection per request in flight and no more, HEADs and errors among them", async () => {
    const server = await recordingServer(() => ({ status: 404, headers: {}, body: "" }))
    ends.push(() => server.close())
    const plane = planeOn(server.endpoint, CREDENTIALS, { kind, maxInFlight: 8 })
    ends.push(() => plane.close())
    await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        at % 2 === 0 ? plane.copy(copyOf(`k${at}`)) : plane.head({ bucket: TARGET, key: `k${at}`, owner: OWNER }),
      ),
    )
    expect([server.requests.length, server.connections()]).toEqual([200, 8])
  })

  it("drops a session that has expired once, however many answers say so", async () => {
    const body = "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
    const server = await recordingServer(() => ({ status: 400, headers: {}, body }))
    ends.push(() => server.close())
    let dropped = 0
    let given = 0
    const source = () => Promise.resolve({ accessKeyId: `ASIA${++given}`, secretAccessKey: "s", sessionToken: "t" })
    const plane = planeOn(server.endpoint, source, { kind, clock: fakeClock(), invalidate: () => dropped++ })
    ends.push(() => plane.close())
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => plane.copy(copyOf(`k${at}`))))
    expect(new Set(outcomes.map((outcome) => errorOf(outcome).class))).toEqual(new Set(["expired-token"]))
    expect([dropped, given]).toEqual([1, 1])
  })

  it.each([
    ["3", 3],
    ["many", 1],
    [undefined, undefined],
  ])("tells how much metadata S3 could not tell: x-amz-missing-meta %s", async (said, missingMetadata) => {
    const server = await recordingServer(() => ({
      status: 200,
      headers: {
        etag: '"e"',
        "last-modified": "Tue, 24 Nov 2026 00:00:00 GMT",
        ...(said === undefined ? {} : { "x-amz-missing-meta": said }),
      },
      body: "",
    }))
    ends.push(() => server.close())
    for (const carrier of [kind, "sdk"] as const) {
      const plane = planeOn(server.endpoint, CREDENTIALS, { kind: carrier })
      ends.push(() => plane.close())
      const head = await plane.head({ bucket: SOURCE, key: "k", owner: OWNER })
      expect([head.kind, head.kind === "ok" && head.value.missingMetadata]).toEqual(["ok", missingMetadata])
    }
  })

  it("asks why when a HEAD says 400 and nothing else", async () => {
    const server = await recordingServer(({ method }) =>
      method === "HEAD"
        ? { status: 400, headers: {}, body: "" }
        : {
            status: 400,
            headers: {},
            body: "<Error><Code>InvalidRequest</Code><Message>The object was stored using a form of Server Side Encryption.</Message></Error>",
          },
    )
    ends.push(() => server.close())
    const plane = planeOn(server.endpoint, CREDENTIALS, { kind })
    ends.push(() => plane.close())
    expect(errorOf(await plane.head({ bucket: SOURCE, key: "k", owner: OWNER }))).toMatchObject({
      class: "refused",
      code: "InvalidRequest",
    })
  })
})
