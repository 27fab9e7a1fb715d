import { assumedRoleArn, tryParseArn } from "../../access/arn.ts"
import { isoStamp } from "../../kernel/clock.ts"
import type { Credential, CredentialStore } from "../auth/credentials.ts"
import { refusalOf } from "../authorize/stored-policy.ts"
import { ServiceError, type Call, type RoleSession } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import type { Role, RoleStore } from "../iam/roles.ts"
import { formList, type Form, type Xml } from "../protocol/query.ts"

export interface StsCall {
  readonly call: Call
  readonly form: Form
  readonly roles: RoleStore
  readonly credentials: CredentialStore
}

const NAME = /^[\w+=,.@-]*$/
const CHAINED_SECONDS = 3600

const invalid = (message: string): ServiceError => new ServiceError("ValidationError", message)
const constraint = (value: string, member: string, rule: string): ServiceError =>
  invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  )

export function assumeRole(sts: StsCall): Xml {
  const { call, form } = sts
  const roleArn = required(form, "RoleArn", "roleArn")
  const sessionName = name(required(form, "RoleSessionName", "roleSessionName"), "roleSessionName", 2)
  checkArn(roleArn)
  const seconds = duration(form)
  const sessionPolicy = policyOf(form)
  const tags = tagsOf(sts)
  const sourceIdentity = sourceIdentityOf(sts)
  const role = sts.roles.byArn(roleArn)
  authorize(sts, roleArn, role, tags, sourceIdentity, sessionName)
  if (role === undefined) throw denied(call, "sts:AssumeRole", roleArn)
  checkMaximum(sts, role, seconds)
  const session: RoleSession = {
    roleArn: role.arn,
    sessionName,
    tags: Object.fromEntries(tags.all),
    transitiveTagKeys: tags.transitive,
    chained: call.caller.kind === "role-session",
    expiresAt: call.world.clock.now() + seconds * 1000,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
  }
  const credential = issue(sts, role, session)
  sts.credentials.add(credential)
  return {
    Credentials: {
      AccessKeyId: credential.accessKeyId,
      SecretAccessKey: credential.secretAccessKey,
      SessionToken: credential.sessionToken,
      Expiration: isoStamp(session.expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: credential.caller.userId, Arn: credential.caller.arn },
    ...(sessionPolicy === undefined ? {} : { PackedPolicySize: Math.ceil((sessionPolicy.length * 100) / 2048) }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  }
}

function required(form: Form, parameter: string, member: string): string {
  const value = form.get(parameter)
  if (value === undefined)
    throw invalid(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    )
  return value
}

function name(value: string, member: string, least: number): string {
  if (!NAME.test(value)) throw constraint(value, member, "satisfy regular expression pattern: [\\w+=,.@-]*")
  if (value.length < least) throw constraint(value, member, `have length greater than or equal to ${least}`)
  if (value.length > 64) throw constraint(value, member, "have length less than or equal to 64")
  return value
}

function checkArn(arn: string): void {
  if (tryParseArn(arn) === undefined) throw invalid(`${arn} is invalid`)
}

function duration(form: Form): number {
  const text = form.get("DurationSeconds") ?? "3600"
  const seconds = Number(text)
  if (!Number.isInteger(seconds)) throw new ServiceError("MalformedInput", "")
  if (seconds < 900) throw constraint(text, "durationSeconds", "have value greater than or equal to 900")
  if (seconds > 43_200) throw constraint(text, "durationSeconds", "have value less than or equal to 43200")
  return seconds
}

function checkMaximum({ call }: StsCall, role: Role, seconds: number): void {
  if (call.caller.kind === "role-session" && seconds > CHAINED_SECONDS) {
    throw invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
  }
  if (seconds > role.maxSessionSeconds) {
    throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
  }
}

function policyOf(form: Form): string | undefined {
  const policy = form.get("Policy")
  if (policy === undefined) return undefined
  if (policy.length > 2048) throw constraint(policy, "policy", "have length less than or equal to 2048")
  const refusal = refusalOf(policy, "session")
  if (refusal !== undefined) throw new ServiceError("MalformedPolicyDocument", refusal)
  return policy
}

interface SessionTags {
  readonly own: ReadonlyMap<string, string>
  readonly all: ReadonlyMap<string, string>
  readonly transitive: readonly string[]
}

/** Transitive tags of the calling session go on into the next one and may not be set again. */
function tagsOf({ call, form }: StsCall): SessionTags {
  const own = new Map<string, string>()
  const seen = new Set<string>()
  const conflict = (message: string): ServiceError => new ServiceError("InvalidParameterValue", message)
  const inherited = call.caller.session?.transitiveTagKeys ?? []
  const taken = new Set(inherited.map((key) => key.toLowerCase()))
  for (const { Key: key = "", Value: value = "" } of formList(form, "Tags")) {
    if (seen.has(key.toLowerCase()))
      throw conflict("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if (taken.has(key.toLowerCase())) {
      throw conflict(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      )
    }
    seen.add(key.toLowerCase())
    own.set(key, value)
  }
  const transitive = formList(form, "TransitiveTagKeys").map((item) => item[""] ?? "")
  if (transitive.some((key) => !seen.has(key.toLowerCase()))) {
    throw conflict("The specified transitive tag key must be included in the requested tags.")
  }
  const all = new Map(own)
  for (const key of inherited) all.set(key, call.caller.session?.tags[key] ?? "")
  return { own, all, transitive: [...inherited, ...transitive] }
}

/** Once set it stays for the whole chain. */
function sourceIdentityOf({ call, form }: StsCall): string | undefined {
  const given = form.get("SourceIdentity")
  if (given !== undefined) name(given, "sourceIdentity", 2)
  const inherited = call.caller.session?.sourceIdentity
  if (inherited !== undefined && given !== undefined && given !== inherited) {
    throw denied(call, "sts:SetSourceIdentity", form.get("RoleArn") ?? "")
  }
  return inherited ?? given
}

/** A role that does not exist and one that does not trust the caller look the same. */
function authorize(
  sts: StsCall,
  roleArn: string,
  role: Role | undefined,
  tags: SessionTags,
  sourceIdentity: string | undefined,
  sessionName: string,
): void {
  const { call, form } = sts
  if (role === undefined) throw denied(call, "sts:AssumeRole", roleArn)
  const context = contextOf(form, tags, sourceIdentity, sessionName)
  const needed = ["sts:AssumeRole"]
  if (tags.all.size > 0) needed.push("sts:TagSession")
  if (sourceIdentity !== undefined) needed.push("sts:SetSourceIdentity")
  for (const action of needed) {
    call.world.authorizer.authorize({
      caller: call.caller,
      action,
      resource: role.arn,
      resourceAccount: role.account,
      region: call.region,
      resourcePolicy: role.trust,
      resourceTags: role.tags,
      context,
    })
  }
}

function contextOf(form: Form, tags: SessionTags, sourceIdentity: string | undefined, sessionName: string): Conditions {
  const context: Record<string, string | readonly string[]> = { "sts:RoleSessionName": sessionName }
  const externalId = form.get("ExternalId")
  if (externalId !== undefined) context["sts:ExternalId"] = externalId
  if (sourceIdentity !== undefined) context["sts:SourceIdentity"] = sourceIdentity
  for (const [key, value] of tags.own) context[`aws:RequestTag/${key}`] = value
  if (tags.own.size > 0) context["aws:TagKeys"] = [...tags.own.keys()]
  if (tags.transitive.length > 0) context["sts:TransitiveTagKeys"] = tags.transitive
  return usedFactor(form)
    ? { ...context, "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0" }
    : context
}

/** Any device of the caller and any code of six digits: the sandbox has no secrets to check them against. */
function usedFactor(form: Form): boolean {
  const device = form.get("SerialNumber")
  const code = form.get("TokenCode")
  if (device === undefined && code === undefined) return false
  if (device !== undefined && code !== undefined && /^\d{6}$/.test(code)) return true
  throw new ServiceError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", 403)
}

const denied = (call: Call, action: string, resource: string): ServiceError =>
  new ServiceError(
    "AccessDenied",
    `User: ${call.caller.arn} is not authorized to perform: ${action} on resource: ${resource}`,
    403,
  )

function issue({ call }: StsCall, role: Role, session: RoleSession): Credential {
  const random = (size: number): Buffer => Buffer.from(call.world.random(size))
  const accessKeyId = `ASIA${random(8).toString("hex").toUpperCase()}`
  return {
    accessKeyId,
    secretAccessKey: random(30).toString("base64"),
    sessionToken: random(96).toString("base64"),
    caller: {
      accessKeyId,
      account: role.account,
      arn: assumedRoleArn(role.account, role.name, session.sessionName),
      userId: `${role.id}:${session.sessionName}`,
      kind: "role-session",
      session,
    },
  }
}
