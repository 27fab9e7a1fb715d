import { bucketArn } from "../../access/arn.ts"
import type { SandboxRequest, SandboxResponse, ServiceName } from "../core/exchange.ts"

/** Members that say what a call is about. Plaintext, policies and the like are none of them: they never get into a log. */
const MEMBERS = [
  "KeyId",
  "SourceKeyId",
  "DestinationKeyId",
  "TargetKeyId",
  "AliasName",
  "KeyArn",
  "Arn",
  "KmsKeyId",
  "RoleArn",
  "RoleName",
  "UserName",
  "PolicyArn",
  "PolicyName",
  "PolicyId",
  "TargetId",
  "AccountId",
  "OrganizationalUnitId",
  "ResourceId",
  "ResourceARN",
  "ResourceArn",
  "AlarmName",
  "ConfigRuleName",
]
const IN_JSON = new RegExp(`"(?:${MEMBERS.join("|")})"\\s*:\\s*"([^"\\\\]{1,2048})"`, "g")
const NAMES = new Set(MEMBERS)
const MOST_READ = 65_536

/** Names and ARNs in a call and, unless it lists, in its answer: KMS tells there which key a ciphertext led to. */
export function namedResources(
  service: ServiceName,
  operation: string,
  request: SandboxRequest,
  answer: SandboxResponse,
): readonly string[] {
  if (service === "s3") return bucketIn(request)
  if (request.body.length > MOST_READ) return []
  const asked = request.body.toString("utf8")
  if (!asked.startsWith("{")) return inForm(asked)
  const told = answer.status === 200 && !operation.startsWith("List") ? String(answer.body).slice(0, MOST_READ) : ""
  return [...new Set([...inJson(asked), ...inJson(told)])]
}

const inJson = (text: string): string[] => [...text.matchAll(IN_JSON)].map(([, value = ""]) => value)

const inForm = (text: string): string[] =>
  [...new URLSearchParams(text)].filter(([name]) => NAMES.has(name)).map(([, value]) => value)

function bucketIn({ rawPath }: SandboxRequest): string[] {
  const [, bucket = ""] = rawPath.split("/", 2)
  return bucket === "" ? [] : [bucket, bucketArn(bucket)]
}
