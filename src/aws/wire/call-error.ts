import { display } from "../../kernel/display.ts"
import type { AwsCallFacts } from "../../kernel/errors.ts"
import { redact } from "../../kernel/redact.ts"
import type { CallError, CallErrorClass } from "../../restore/data-plane.ts"
import { classify } from "../errors.ts"
import { jsonMembers } from "./json-answer.ts"
import type { WireAnswer, WireError } from "./transport.ts"
import { readAnswer } from "./xml-answer.ts"

/** What a reader of answers gives instead of a value: why nothing says that the work is done. */
export class Broken {
  readonly why: string

  constructor(why: string) {
    this.why = why
  }
}

/** An answer that is no success. `writes`: the call changes something. */
export function errorOfAnswer(answer: WireAnswer, facts: AwsCallFacts, writes: boolean): CallError {
  const { code, message } = errorBody(answer)
  const { status } = answer
  return {
    class: classOf(facts.service, code, status, message),
    code: code ?? `HTTP ${status}`,
    message: textOf(message === "" ? `HTTP ${status} without a reason` : message),
    facts: { ...factsOf(answer, facts), ...(code === undefined ? {} : { awsCode: code }) },
    ambiguous: writes && MAYBE_DONE.has(status),
  }
}

/** Not 503: S3 turned that one away. */
const MAYBE_DONE: ReadonlySet<number> = new Set([500, 502, 504])

/** HTTP 200, and inside an error or something else: the work may be done or not. */
export function brokenAnswer(answer: WireAnswer, broken: Broken, facts: AwsCallFacts, writes: boolean): CallError {
  const { code, message } = errorBody(answer)
  const inside = code === undefined ? "" : `: an error inside, ${code}: ${message}`
  return {
    class: "broken",
    code: code ?? "E_ANSWER",
    message: textOf(`HTTP ${answer.status} but ${broken.why}${inside}`),
    facts: { ...factsOf(answer, facts), ...(code === undefined ? {} : { awsCode: code }) },
    ambiguous: writes,
  }
}

/** No answer at all, or none that is HTTP. */
export function errorOfWire({ code, message, sent }: WireError, facts: AwsCallFacts, writes: boolean): CallError {
  return {
    class: code === "E_ANSWER" ? "broken" : classOf(facts.service, code, undefined, message),
    code,
    message: textOf(message),
    facts,
    ambiguous: writes && sent,
  }
}

/** The engine's words for the one table of src/aws/errors.ts. */
function classOf(
  service: string,
  code: string | undefined,
  status: number | undefined,
  message: string,
): CallErrorClass {
  const ofS3 = service === "s3"
  const special = ofS3 && code !== undefined ? MEANS_MORE[code] : undefined
  if (special !== undefined) return special
  const kind = classify({ ...(code === undefined ? {} : { name: code }), $metadata: metadataOf(status) })
  switch (kind) {
    case "throttled":
      return ofS3 && !namesKms(code, status, message) ? kind : "kms-throttled"
    case "transient":
      return ofS3 && namesKms(code, status, message) ? "kms-throttled" : kind
    case "invalid":
    case "unknown":
      return code !== undefined && NO_TRUST.test(code) ? "wrong-region" : "refused"
    default:
      return kind
  }
}

const metadataOf = (status: number | undefined) => (status === undefined ? {} : { httpStatusCode: status })

/** Not about this object: the next one would fare the same, so the run must stop. */
const MEANS_MORE: Readonly<Record<string, CallErrorClass>> = {
  NoSuchBucket: "wrong-region",
  "KMS.NotFoundException": "key-state",
  NotFoundException: "key-state",
}

/** A certificate that nobody here trusts: somebody else answers at that address. */
const NO_TRUST = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/

/** S3 tells most of KMS's throttling as its own 503 whose text names KMS (reliability S8). */
function namesKms(code: string | undefined, status: number | undefined, message: string): boolean {
  if (code === "KMS.ThrottlingException" || code === "ThrottlingException") return true
  return status === 503 && /\bKMS\b/.test(message)
}

function errorBody(answer: WireAnswer): { readonly code: string | undefined; readonly message: string } {
  if (answer.body[0] === OBJECT) return jsonError(answer)
  const fields = answer.body.length === 0 ? undefined : readAnswer(answer.body, "Error")
  return { code: fields?.first("Code") || undefined, message: fields?.first("Message") ?? "" }
}

const OBJECT = 0x7b

/** KMS: `com.amazonaws.kms#NotFoundException`, or the name alone. */
function jsonError({ body }: WireAnswer): { readonly code: string | undefined; readonly message: string } {
  const members = jsonMembers(body)
  const { __type: type } = members
  const message = members["message"] ?? members["Message"]
  return {
    code: typeof type === "string" ? type.slice(type.indexOf("#") + 1) : undefined,
    message: typeof message === "string" ? message : "",
  }
}

function factsOf(answer: WireAnswer, facts: AwsCallFacts): AwsCallFacts {
  const requestId = answer.header("x-amz-request-id") ?? answer.header("x-amzn-requestid")
  return { ...facts, status: answer.status, ...(requestId === undefined ? {} : { requestId }) }
}

const textOf = (text: string): string => redact(display(text))
