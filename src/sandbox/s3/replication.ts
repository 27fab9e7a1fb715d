import { tryParseArn } from "../../access/arn.ts"
import type { ServiceError, SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { absent, settingOf } from "./bucket-setting.ts"
import { invalidArgument, invalidRequest } from "./errors.ts"
import { authorizePassRole, type S3Call } from "./s3-call.ts"
import type { Bucket } from "./state.ts"
import {
  child,
  childrenOf,
  childText,
  elementXml,
  malformedXml,
  readRoot,
  xmlDocument,
  type XmlElement,
} from "./xml.ts"

/** Replication configurations: checked, kept and shown; nothing is replicated. */

export function getReplication(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetReplicationConfiguration")
  if (bucket.replication === undefined) throw noReplication(bucket)
  return xmlAnswer(s3, xmlDocument("ReplicationConfiguration", ...bucket.replication.children.map(elementXml)))
}

const noReplication = (bucket: Bucket): ServiceError =>
  absent("ReplicationConfigurationNotFoundError", "The replication configuration was not found", bucket)

/** The destination's key is not looked at, as on AWS: a wrong one shows only as objects that fail to replicate. */
export function putReplication(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutReplicationConfiguration")
  const root = readRoot(s3.call.request.body, "ReplicationConfiguration")
  const role = childText(root, "Role") ?? ""
  if (tryParseArn(role)?.service !== "iam") throw invalidArgument("Invalid Role specified in replication configuration")
  authorizePassRole(s3, role, "s3.amazonaws.com")
  if (bucket.versioning !== "Enabled") {
    throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
  }
  const rules = childrenOf(root, "Rule")
  if (rules.length === 0 || rules.length > 1000) throw malformedXml()
  for (const rule of rules) checkRule(s3, rule)
  bucket.replication = {
    ...root,
    children: root.children.map((each, at) => (each.name === "Rule" ? named(each, at) : each)),
  }
  return emptyAnswer(s3)
}

function checkRule(s3: S3Call, rule: XmlElement): void {
  const status = childText(rule, "Status")
  const destination = child(rule, "Destination")
  const target = destination === undefined ? undefined : childText(destination, "Bucket")
  if ((status !== "Enabled" && status !== "Disabled") || target === undefined) throw malformedXml()
  const there = s3.state.buckets.get(tryParseArn(target)?.resource ?? "")
  if (there === undefined) throw invalidRequest("Destination bucket must exist.")
  if (there.versioning !== "Enabled") throw invalidRequest("Destination bucket must have versioning enabled.")
}

/** AWS gives a rule without an id one of its own. */
function named(rule: XmlElement, at: number): XmlElement {
  if (child(rule, "ID") !== undefined) return rule
  return { ...rule, children: [{ name: "ID", children: [], text: `rule-${at}` }, ...rule.children] }
}

export function deleteReplication(s3: S3Call): SandboxResponse {
  delete settingOf(s3, "PutReplicationConfiguration").replication
  return emptyAnswer(s3, 204)
}
