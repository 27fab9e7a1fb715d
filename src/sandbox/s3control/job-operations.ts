import { tryParseArn } from "../../access/arn.ts"
import { ServiceError } from "../core/exchange.ts"
import { child, childText, elementXml, leaf, node, type XmlElement } from "../s3/xml.ts"
import { copyRequest } from "./copy-operation.ts"
import { invalidRequest } from "./control-call.ts"
import type { InsideRequest } from "./inside-s3.ts"
import type { Task } from "./job.ts"

/** Makes the S3 request that does the job's operation on one object. */
export type TaskRequest = (task: Task) => InsideRequest

type Reader = (parameters: XmlElement) => TaskRequest

/** What S3 Batch Operations knows and the sandbox does not do. */
const NOT_BUILT: ReadonlySet<string> = new Set([
  "LambdaInvoke",
  "S3PutObjectAcl",
  // Archives can be written to here, never read: nothing restores them.
  "S3InitiateRestoreObject",
  "S3ReplicateObject",
  "S3ComputeObjectChecksum",
])

const READERS: Readonly<Record<string, Reader>> = {
  S3PutObjectCopy: copyRequest,
  S3UpdateObjectEncryption: (parameters) => {
    const encryption = required(parameters, "ObjectEncryption")
    const kms = required(encryption, "SSE-KMS")
    if (tryParseArn(childText(kms, "KMSKeyArn") ?? "") === undefined) throw invalidRequest("KMSKeyArn must be an ARN")
    const body = elementXml(encryption)
    return (task) => onObject("PUT", task, "encryption", body)
  },
  S3PutObjectTagging: (parameters) => {
    const tags = (child(parameters, "TagSet")?.children ?? []).map((tag) =>
      node("Tag", leaf("Key", childText(tag, "Key")), leaf("Value", childText(tag, "Value"))),
    )
    const body = node("Tagging", node("TagSet", ...tags))
    return (task) => onObject("PUT", task, "tagging", body)
  },
  S3DeleteObjectTagging: () => (task) => onObject("DELETE", task, "tagging"),
  S3PutObjectRetention: (parameters) => {
    const retention = required(parameters, "Retention")
    const bypass = childText(parameters, "BypassGovernanceRetention") === "true"
    const body = node(
      "Retention",
      leaf("Mode", childText(retention, "Mode")),
      leaf("RetainUntilDate", childText(retention, "RetainUntilDate")),
    )
    const headers: Record<string, string> = bypass ? { "x-amz-bypass-governance-retention": "true" } : {}
    return (task) => ({ ...onObject("PUT", task, "retention", body), headers })
  },
  S3PutObjectLegalHold: (parameters) => {
    const body = node("LegalHold", leaf("Status", childText(required(parameters, "LegalHold"), "Status")))
    return (task) => onObject("PUT", task, "legal-hold", body)
  },
}

function onObject(method: string, task: Task, name: string, body = ""): InsideRequest {
  const { bucket, key, versionId } = task
  const query = [[name, ""] as const, ...(versionId === undefined ? [] : [["versionId", versionId] as const])]
  return { method, bucket, key, query, body }
}

function required(element: XmlElement, name: string): XmlElement {
  const found = child(element, name)
  if (found === undefined) throw invalidRequest(`${element.name} must have ${name}`)
  return found
}

/** The one operation of a job. @throws ServiceError InvalidRequest, NotImplemented */
export function readOperation(operation: XmlElement | undefined): {
  readonly name: string
  readonly request: TaskRequest
} {
  const [parameters, ...more] = operation?.children ?? []
  if (parameters === undefined || more.length > 0) throw invalidRequest("Exactly one operation must be specified")
  const { name } = parameters
  const reader = READERS[name]
  if (reader !== undefined) return { name, request: reader(parameters) }
  if (!NOT_BUILT.has(name)) throw invalidRequest(`Unknown operation ${name}`)
  throw new ServiceError("NotImplemented", `the sandbox runs no batch jobs of ${name}`, 501)
}
