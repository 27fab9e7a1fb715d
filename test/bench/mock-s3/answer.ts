/** A whole HTTP answer, ready for the socket. */
export type Answer = Buffer

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  404: "Not Found",
  412: "Precondition Failed",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Slow Down",
}

interface Options {
  readonly status?: number
  readonly type?: string
  readonly headers?: string
  /** HEAD: the length is told, the body is not sent. */
  readonly lengthOnly?: number
}

export function answer(
  body: string,
  { status = 200, type = "application/xml", headers = "", lengthOnly }: Options = {},
): Answer {
  return Buffer.from(
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Other"}\r\nx-amz-request-id: BENCH\r\nx-amz-id-2: bench\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT\r\nServer: AmazonS3\r\n${headers}Content-Type: ${type}\r\nContent-Length: ${lengthOnly ?? Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

export function failure(status: number, code: string): Answer {
  return answer(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message><RequestId>BENCH</RequestId><HostId>bench</HostId></Error>`,
    { status },
  )
}
