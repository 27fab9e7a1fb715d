import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts"
import type { AccountId, RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { AssumeRoleRequest, Session } from "../keys/ports.ts"
import { callAws, type CallDeps } from "./call.ts"
import type { AwsCredentials, ClientFactory, CredentialSource } from "./clients.ts"
import { RefreshingCredentials } from "./refreshing-credentials.ts"

/** A session with its credentials; only src/aws sees them. */
export class AwsSession implements Session {
  readonly account: AccountId
  readonly principal: string
  readonly credentials: CredentialSource
  readonly invalidate: () => void

  constructor(
    identity: { account: AccountId; principal: string },
    credentials: CredentialSource,
    invalidate: () => void,
  ) {
    this.account = identity.account
    this.principal = identity.principal
    this.credentials = credentials
    this.invalidate = invalidate
  }
}

/** The identity behind the process's own credentials. @throws DrError E_CREDENTIALS (77) */
export async function baseSession(
  deps: CallDeps,
  clients: ClientFactory,
  region: RegionName,
  credentials: CredentialSource,
): Promise<AwsSession> {
  return new AwsSession(await whoAmI(deps, clients, region, credentials), credentials, () => undefined)
}

/** One hour at most: what AWS allows to a chained role; a longer wish would fail, not be cut. */
const SESSION_SECONDS = 3600

/** @throws DrError E_ASSUME_ROLE (77) that names the role and who asked. */
export async function assumeRole(
  deps: CallDeps,
  clients: ClientFactory,
  request: AssumeRoleRequest,
): Promise<AwsSession> {
  const from = request.from as AwsSession
  const sts = clients.sts(request.region, from.credentials)
  const refreshing = new RefreshingCredentials(
    deps.clock,
    async () => {
      const facts = {
        service: "sts",
        operation: "AssumeRole",
        account: request.role.split(":")[4] ?? "",
        region: request.region,
      }
      const answer = await callAws(
        deps,
        facts,
        (abortSignal) => sts.send(assumeRoleCommand(request), { abortSignal }),
        {
          subject: request.role,
          refresh: from.invalidate,
        },
      ).catch((cause: unknown) => {
        throw refusedRole(request, from, cause)
      })
      return credentialsOf(answer.Credentials, request.role)
    },
    { once: request.secondFactor !== undefined },
  )
  const identity = await whoAmI(deps, clients, request.region, refreshing.source)
  return new AwsSession(identity, refreshing.source, () => refreshing.invalidate())
}

function assumeRoleCommand(request: AssumeRoleRequest): AssumeRoleCommand {
  return new AssumeRoleCommand({
    RoleArn: request.role,
    RoleSessionName: request.sessionName,
    DurationSeconds: SESSION_SECONDS,
    ...(request.externalId === undefined ? {} : { ExternalId: request.externalId }),
    ...(request.sourceIdentity === undefined ? {} : { SourceIdentity: request.sourceIdentity }),
    ...(request.sessionPolicy === undefined ? {} : { Policy: request.sessionPolicy }),
    ...(request.secondFactor === undefined
      ? {}
      : { SerialNumber: request.secondFactor.device, TokenCode: request.secondFactor.code }),
    ...(request.tags === undefined
      ? {}
      : { Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })) }),
  })
}

function refusedRole(request: AssumeRoleRequest, from: AwsSession, cause: unknown): unknown {
  if (!(cause instanceof DrError)) return cause
  const denied = cause.code === "E_AWS_ACCESS_DENIED"
  return new DrError({
    code: "E_ASSUME_ROLE",
    exit: denied ? EXIT.noPermission : cause.exit,
    message: `${from.principal} cannot assume ${request.role}: ${cause.message}`,
    hints: denied
      ? [
          `look at the role's trust policy: it must name ${from.principal.replace(/:assumed-role\/([^/]+)\/.*/, ":role/$1")}, allow sts:SetSourceIdentity and sts:TagSession, and expect the external id of dr.yaml`,
        ]
      : cause.hints,
    ...(cause.aws === undefined ? {} : { aws: cause.aws }),
    cause,
  })
}

export function credentialsOf(
  given:
    | {
        AccessKeyId?: string | undefined
        SecretAccessKey?: string | undefined
        SessionToken?: string | undefined
        Expiration?: Date | undefined
      }
    | undefined,
  role: string,
): AwsCredentials {
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
    throw new DrError({
      code: "E_ASSUME_ROLE",
      exit: EXIT.noPermission,
      message: `sts:AssumeRole of ${role} answered without credentials`,
    })
  }
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: given.Expiration,
  }
}

async function whoAmI(
  deps: CallDeps,
  clients: ClientFactory,
  region: RegionName,
  credentials: CredentialSource,
): Promise<{ account: AccountId; principal: string }> {
  const sts = clients.sts(region, credentials)
  const facts = { service: "sts", operation: "GetCallerIdentity", region }
  const answer = await callAws(
    deps,
    facts,
    (abortSignal) => sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
    { subject: "the caller" },
  ).catch((cause: unknown) => {
    throw cause instanceof DrError && cause.code === "E_CREDENTIALS" ? noCredentials(cause) : cause
  })
  if (answer.Account === undefined || answer.Arn === undefined) {
    throw new DrError({
      code: "E_CREDENTIALS",
      exit: EXIT.noPermission,
      message: "sts:GetCallerIdentity answered without an identity",
    })
  }
  return { account: answer.Account as AccountId, principal: answer.Arn }
}

function noCredentials(cause: DrError): DrError {
  return new DrError({
    code: "E_CREDENTIALS",
    exit: EXIT.noPermission,
    message: `no usable AWS credentials: ${cause.message}`,
    hints: ["aws sts get-caller-identity", "pass --profile, or sign in with `aws sso login`"],
    ...(cause.aws === undefined ? {} : { aws: cause.aws }),
    cause,
  })
}
