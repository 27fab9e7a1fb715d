import { tryParseArn } from "../../access/arn.ts"
import { DAY } from "../../kernel/units.ts"
import { ask } from "../core/ask.ts"
import type { AuditEntry, AuditLog } from "../core/audit.ts"
import { eventIdOf } from "../core/event-id.ts"
import { ServiceError } from "../core/exchange.ts"
import { moment, optionalNumber, optionalText, structures, text, type Input } from "../protocol/input.ts"
import type { JsonHandler } from "../protocol/json-service.ts"
import { pageOf } from "../protocol/page.ts"
import { eventOf, isRead, nameOf, sourceOf, usernameOf } from "./event.ts"

const MOST_PER_PAGE = 50
const KEPT = 90 * DAY

const refused = (what: string, message: string): ServiceError => new ServiceError(`Invalid${what}Exception`, message)

type Test = (entry: AuditEntry, value: string) => boolean

const ATTRIBUTES: Readonly<Record<string, Test>> = {
  EventId: ({ requestId }, value) => eventIdOf(requestId) === value,
  EventName: (entry, value) => nameOf(entry) === value,
  EventSource: (entry, value) => sourceOf(entry) === value,
  Username: (entry, value) => usernameOf(entry) === value,
  ReadOnly: (entry, value) => String(isRead(entry)) === value,
  AccessKeyId: (entry, value) => entry.identity?.accessKeyId === value,
  ResourceName: (entry, value) => entry.resources?.includes(value) === true,
  ResourceType: () => false,
}

/** Management events of one account and Region, newest first. */
export const lookupEvents =
  (audit: AuditLog): JsonHandler =>
  (call, input) => {
    ask(call, "cloudtrail:LookupEvents")
    const { account } = call.caller
    const now = call.world.clock.now()
    const from = moment(input, "StartTime") ?? 0
    const to = moment(input, "EndTime") ?? now
    if (from > to) throw refused("TimeRange", "Invalid time range")
    const fits = attributeIn(input)
    const size = sizeIn(input)
    const insights = optionalText(input, "EventCategory") === "insight"
    const entries = insights ? [] : audit.read()
    const found = entries
      .filter((each) => each.at >= Math.max(from, now - KEPT) && each.at <= to)
      .filter((each) => isManagement(each) && regionOf(each) === call.region && concerns(each, account) && fits(each))
    const { NextToken: _token, MaxResults: _size, ...subject } = input
    const page = pageOf(found, {
      subject: `${account} ${call.region} ${JSON.stringify(subject)}`,
      nameOf: ({ seq }) => String(1e15 - seq).padStart(16, "0"),
      token: optionalText(input, "NextToken"),
      size: Math.min(size, call.world.settings.pageSize ?? size),
      invalid: () => refused("NextToken", "Invalid NextToken"),
    })
    return {
      Events: page.items.map((entry) => eventOf(entry, account)),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    }
  }

function attributeIn(input: Input): (entry: AuditEntry) => boolean {
  const attributes = structures(input, "LookupAttributes")
  const [attribute] = attributes
  if (attribute === undefined) return () => true
  if (attributes.length > 1) throw refused("LookupAttributes", "You may only specify one lookup attribute per request.")
  const test = ATTRIBUTES[text(attribute, "AttributeKey")]
  if (test === undefined) throw refused("LookupAttributes", "The lookup attribute key is not valid.")
  const value = text(attribute, "AttributeValue")
  return (entry) => test(entry, value)
}

function sizeIn(input: Input): number {
  const size = optionalNumber(input, "MaxResults") ?? MOST_PER_PAGE
  if (!Number.isInteger(size) || size < 1 || size > MOST_PER_PAGE)
    throw refused("MaxResults", `MaxResults must be between 1 and ${MOST_PER_PAGE}`)
  return size
}

/** What was called at all; of S3 only what is done to buckets: objects are data events, which are not looked up. */
function isManagement({ service, operation, account, requestId }: AuditEntry): boolean {
  if (operation === "-" || account === "-" || requestId === "-") return false
  if (service !== "s3") return true
  return operation !== "HeadBucket" && /Bucket|PublicAccessBlock|ObjectLockConfiguration/.test(operation)
}

/** Global services write their log in us-east-1, wherever they were called from. */
const regionOf = ({ service, region }: AuditEntry): string =>
  service === "iam" || service === "organizations" ? "us-east-1" : region

/** The caller's account has it; the owner of what was used too, unless the call was refused. */
function concerns(entry: AuditEntry, account: string): boolean {
  if (entry.account === account) return true
  return entry.error === undefined && entry.resources?.some((arn) => tryParseArn(arn)?.account === account) === true
}
