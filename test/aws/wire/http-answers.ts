import fc from "fast-check"

/** Answers of HTTP as text of bytes (latin1): most are good, many are broken in one way, some in several. */
export interface ScriptedAnswer {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE"
  readonly bytes: string
}

const often = <T>(usual: T, ...odd: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 3, arbitrary: fc.constantFrom(...odd) })

const statusLine = often(
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200",
  "HTTP/1.1 200 ",
  "HTTP/1.1 204 No Content",
  "HTTP/1.1 206 Partial Content",
  "HTTP/1.1 301 Moved Permanently",
  "HTTP/1.1 304 Not Modified",
  "HTTP/1.1 404 Not Found",
  "HTTP/1.1 503 Slow Down",
  "HTTP/1.0 200 OK",
  "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK",
  "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 404 Not Found",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
  "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x",
  "HTTP/1.1 2x0 OK",
  "HTTP/1.1 20 OK",
  "HTTP/1.1 2000 OK",
  "HTTP/1.1  200 OK",
  "HTP/1.1 200 OK",
  "SSH-2.0-OpenSSH_9.2",
)

const header = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "x-amz-request-id: 0123456789ABCDEF",
      'ETag: "abc"',
      "Server:AmazonS3",
      "x-padded: \t two  blanks \t",
      "x-latin: caf\xe9",
      "x-empty:",
      "Connection: keep-alive",
      "Connection: Close",
      "Keep-Alive: timeout=5",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "bad name: x",
      ": no name",
      "no colon",
      "x-control: a\x01b",
      " folded: on",
      "x-del: \x7f",
    ),
  },
)

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** Headers and body that belong together, or do not. */
function framed(body: string): fc.Arbitrary<readonly [headers: readonly string[], body: string]> {
  const length = `Content-Length: ${body.length}`
  const half = Math.ceil(body.length / 2)
  const chunks = body === "" ? "" : chunk(body.slice(0, half)) + (body.length > half ? chunk(body.slice(half)) : "")
  const whole = `${chunks}0\r\n\r\n`
  const coded = "Transfer-Encoding: chunked"
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom([[length], body] as const, [[coded], whole] as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom<readonly [readonly string[], string]>(
        [[], body],
        [["connection: close"], body],
        [[`content-length:  ${body.length} `], body],
        [[`content-length: ${body.length + 1}`], body],
        [[`content-length: ${Math.max(0, body.length - 1)}`], body],
        [["content-length: +1"], body],
        [["content-length: "], body],
        [["content-length: 1,1"], body],
        [[length, length], body],
        [[length, coded], whole],
        [[coded, coded], whole],
        [["transfer-encoding: CHUNKED"], whole],
        [["transfer-encoding: gzip"], body],
        [["transfer-encoding: gzip, chunked"], whole],
        [[coded], chunks],
        [[coded], `${chunks}0\r\nx-trailer: 1\r\nx-other:\r\n\r\n`],
        [[coded], `${chunks}0\r\nno colon\r\n\r\n`],
        [[coded], `${chunks}0;last=1\r\n\r\n`],
        [[coded], `${chunks}000\r\n\r\n`],
        [[coded], `${chunks}g\r\n\r\n`],
        [[coded], `${chunks}\r\n\r\n`],
        [[coded], `${chunks}2\r\nabX\r\n0\r\n\r\n`],
        [[coded], `${chunks}0\r\n\r\nmore`],
        [[length], `${body}HTTP/1.1 200 OK\r\n\r\n`],
      ),
    },
  )
}

/** Once in a while one byte is another, or everything behind it is missing. */
const damaged = (bytes: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(bytes) },
    { weight: 1, arbitrary: fc.nat(bytes.length).map((at) => bytes.slice(0, at)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat(bytes.length - 1), fc.constantFrom("\n", "\r", "\0", " ", ":", "0", "z", "\xff"))
        .map(([at, byte]) => bytes.slice(0, at) + byte + bytes.slice(at + 1)),
    },
  )

const BODIES = ["", "x", "<Error><Code>SlowDown</Code></Error>", "  \n <a>\r\n\r\n</a>", "caf\xe9".repeat(60)]

export const scriptedAnswer: fc.Arbitrary<ScriptedAnswer> = fc
  .record({
    method: fc.constantFrom("GET", "PUT", "DELETE", "GET", "HEAD"),
    status: statusLine,
    headers: fc.array(header, { maxLength: 4 }),
    framing: fc.constantFrom(...BODIES).chain(framed),
  })
  .chain(({ method, status, headers, framing: [framingHeaders, body] }) =>
    damaged(`${[status, ...headers, ...framingHeaders].join("\r\n")}\r\n\r\n${method === "HEAD" ? "" : body}`).map(
      (bytes) => ({ method, bytes }),
    ),
  )

/** Cuts the bytes at the places given, each a share of the whole. */
export function split(bytes: string, cuts: readonly number[]): readonly Buffer[] {
  const all = Buffer.from(bytes, "latin1")
  const places = [0, ...cuts.map((share) => Math.floor(share * all.length)), all.length].toSorted((a, b) => a - b)
  return places.flatMap((from, index) => {
    const to = places[index + 1] ?? from
    return to > from ? [all.subarray(from, to)] : []
  })
}
