import { Flags } from "@oclif/core"
import type { AllPorts } from "../aws/ports.ts"
import type { S3Port } from "../drill/ports.ts"
import type { Estate } from "../estate/model.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../estate/topology.ts"
import type { AccountId, RegionName, RoleArn } from "../kernel/brands.ts"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { roleNameOf, tryParseArn } from "../access/arn.ts"
import type { Actors, KeyRole } from "../keys/actors.ts"
import type { InventoryPort } from "../keys/inventory-port.ts"
import { liveScope } from "../keys/live-scope.ts"
import { readersOf } from "../keys/live-readers.ts"
import type { Session } from "../keys/ports.ts"
import type { Prompt } from "./ask.ts"
import { connect } from "./connect.ts"
import type { Deps } from "./deps.ts"

/** Of commands that change keys: who a person is in each account. */
export const actorFlags = {
  in: Flags.string({
    description: "the AWS profile by which you sign in to an account of dr.yaml (default: --profile everywhere)",
    multiple: true,
    helpValue: "ACCOUNT=PROFILE",
    helpGroup: "IDENTITY",
  }),
  mfa: Flags.string({
    description: "your second factor there; its code is asked for, or read from stdin, a line each",
    multiple: true,
    helpValue: "ACCOUNT=DEVICE",
    helpGroup: "IDENTITY",
  }),
  "source-identity": Flags.string({
    description: "your name in CloudTrail as break-glass (default: the one that you are signed in under)",
    env: "DR_SOURCE_IDENTITY",
    helpValue: "NAME",
    helpGroup: "IDENTITY",
  }),
}

export interface ActorFlags {
  readonly in?: readonly string[] | undefined
  readonly mfa?: readonly string[] | undefined
  readonly "source-identity"?: string | undefined
}

export interface ActorOptions {
  readonly estate: Estate
  readonly environment: ResolvedEnvironment
  readonly flags: ActorFlags
  /** `sha256:…` of what was agreed to: a break-glass session carries it. */
  readonly plan: string
  readonly prompt: Pick<Prompt, "line">
}

export interface OpenActors extends Actors {
  /** Objects as the account's drill role sees them. @throws DrError E_ASSUME_ROLE, E_NO_IDENTITY (77) */
  objects(account: AccountId, region: RegionName): Promise<S3Port>
  close(): void
}

/**
 * Sessions in the two accounts of an environment. The process's own identity is used where it is the wanted role already;
 * else the role is assumed from it, or from the profile that `--in` names for the account.
 * @throws DrError E_USAGE (64) for a flag that names no account of the environment, E_CREDENTIALS (77)
 */
export async function openActors(deps: Deps, options: ActorOptions): Promise<OpenActors> {
  const { environment, flags } = options
  const accounts = [environment.workload, environment.recovery]
  const profiles = byAccount("--in", flags.in, accounts)
  const devices = byAccount("--mfa", flags.mfa, accounts)
  // Keys are managed also while the recovery Region is gone.
  const otherRegions = [environment.primaryRegion]
  const own = await connect(deps, environment, { otherRegions })
  const connections = new Map<string, Promise<AllPorts>>()
  const connectionFor = ({ id }: ResolvedAccount): Promise<AllPorts> => {
    const profile = profiles.get(id)
    if (profile === undefined) return Promise.resolve(own)
    const open = connections.get(id) ?? connect({ ...deps, profile }, environment, { otherRegions })
    connections.set(id, open)
    return open
  }
  const once = memo<Promise<{ aws: AllPorts; session: Session }>>()
  const scoped = liveScope(options.estate, environment).accounts
  const readerOf = memo<ReturnType<Actors["reader"]>>()

  const become = (account: ResolvedAccount, as: KeyRole | "drill"): Promise<{ aws: AllPorts; session: Session }> =>
    once(`${account.id} ${as}`, async () => {
      const aws = await connectionFor(account)
      const role = roleFor(account, as)
      if (role === undefined) {
        if (aws.base.account === account.id) return { aws, session: aws.base }
        throw nobody(account, as, aws.base)
      }
      if (isRole(aws.base, role)) return { aws, session: aws.base }
      const became =
        as === "break-glass"
          ? { aws, session: await behindGlass(aws, account, role) }
          : await runner(aws, account, role)
      if (became.session.account !== account.id) throw strayed(account, became.session)
      return became
    })

  /** Operators and drills trust whoever runs dr, which is the own identity; in some estates people of the account as well. */
  const runner = async (
    aws: AllPorts,
    account: ResolvedAccount,
    role: RoleArn,
  ): Promise<{ aws: AllPorts; session: Session }> => {
    try {
      return { aws: own, session: await named(own, account, role) }
    } catch (thrown) {
      if (aws === own || !(thrown instanceof DrError) || thrown.code !== "E_ASSUME_ROLE") throw thrown
      return { aws, session: await named(aws, account, role) }
    }
  }

  const named = (aws: AllPorts, account: ResolvedAccount, role: RoleArn): Promise<Session> =>
    aws.assumeRole({
      from: aws.base,
      role,
      region: environment.recoveryRegion,
      sessionName: deps.run,
      sourceIdentity: "dr",
      ...(account.externalId === undefined ? {} : { externalId: account.externalId }),
    })

  const behindGlass = async (aws: AllPorts, account: ResolvedAccount, role: RoleArn): Promise<Session> => {
    const device = devices.get(account.id)
    const sourceIdentity = flags["source-identity"] ?? nameOf(aws.base)
    if (sourceIdentity === undefined) throw nameless(aws.base)
    const code =
      device === undefined
        ? undefined
        : await options.prompt.line(`Code of ${device} for ${account.name}/break-glass: `)
    return aws
      .assumeRole({
        from: aws.base,
        role,
        region: environment.recoveryRegion,
        sessionName: deps.run,
        sourceIdentity,
        tags: { "dr-plan": options.plan.replace(":", "-") },
        ...(device === undefined || code === undefined ? {} : { secondFactor: { device, code } }),
      })
      .catch((thrown: unknown) => {
        throw thrown instanceof DrError && thrown.code === "E_ASSUME_ROLE" ? refused(thrown, account, aws.base) : thrown
      })
  }

  const accountOf = (id: AccountId): ResolvedAccount =>
    id === environment.recovery.id ? environment.recovery : environment.workload

  return {
    reader: (id) =>
      readerOf(id, async () => {
        const known = accounts.find((account) => account.id === id)
        const aws = known === undefined ? own : await connectionFor(known)
        return readersOf(inventoryPort(aws, environment, deps.run), scoped)(id)
      }),
    async admin(id, as) {
      const { aws, session } = await become(accountOf(id), as)
      return aws.detached().keyAdmin(session)
    },
    async drill(id, region) {
      const { aws, session } = await become(accountOf(id), "drill")
      return aws.kms(session, region)
    },
    async objects(id, region) {
      const { aws, session } = await become(accountOf(id), "drill")
      return aws.s3(session, region)
    },
    close() {
      own.close()
      for (const open of connections.values()) void open.then((aws) => aws.close()).catch(() => undefined)
    },
  }
}

/** A reader's view of a connection. */
function inventoryPort(aws: AllPorts, { recoveryRegion }: ResolvedEnvironment, sessionName: string): InventoryPort {
  return {
    base: aws.reader(aws.base),
    become: async (role, externalId) => {
      const request = { from: aws.base, role, region: recoveryRegion, sessionName }
      return aws.reader(await aws.assumeRole({ ...request, ...(externalId === undefined ? {} : { externalId }) }))
    },
    close: () => aws.close(),
  }
}

const roleFor = ({ roles }: ResolvedAccount, as: KeyRole | "drill"): RoleArn | undefined =>
  as === "break-glass" ? roles.breakGlass : roles[as]

/** Also a session of a role with a path: STS names it without. */
export function isRole({ account, principal }: Session, role: RoleArn): boolean {
  const [kind, name] = tryParseArn(principal)?.resource.split("/") ?? []
  return kind === "assumed-role" && name === roleNameOf(role) && account === tryParseArn(role)?.account
}

/** The user's or the session's own name; the root user has none. */
function nameOf({ principal }: Session): string | undefined {
  const resource = tryParseArn(principal)?.resource ?? ""
  if (!resource.includes("/")) return undefined
  const name = resource.slice(resource.lastIndexOf("/") + 1)
  return /^[\w+=,.@-]{2,64}$/.test(name) ? name : undefined
}

/** `ACCOUNT=VALUE`, where ACCOUNT is dr.yaml's name or the id. */
function byAccount(
  flag: string,
  given: readonly string[] | undefined,
  accounts: readonly ResolvedAccount[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const each of given ?? []) {
    const [account = "", ...rest] = each.split("=")
    const known = accounts.find(({ id, name }) => id === account || name === account)
    const value = rest.join("=")
    if (known === undefined || value === "") throw badFlag(flag, each, accounts)
    if (found.has(known.id)) throw badFlag(flag, each, accounts, `${account} stands there twice`)
    found.set(known.id, value)
  }
  return found
}

function badFlag(flag: string, given: string, accounts: readonly ResolvedAccount[], why?: string): DrError {
  const names = accounts.map(({ name }) => name).join(", ")
  return new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `${flag} ${display(JSON.stringify(given))}: ${why ?? `expected ACCOUNT=VALUE with an account of the environment: ${names}`}`,
    hints: [`${flag} ${accounts[1]?.name ?? "recovery"}=…`],
  })
}

function nobody(account: ResolvedAccount, as: KeyRole | "drill", own: Session): DrError {
  const field = as === "break-glass" ? "breakGlass" : as
  return new DrError({
    code: "E_NO_IDENTITY",
    exit: EXIT.noPermission,
    message: `account ${account.name} has no roles.${field} in dr.yaml, and ${own.principal} is not in it`,
    hints: [`add accounts.${account.name}.roles.${field}`, `or sign in there: --in ${account.name}=PROFILE`],
  })
}

function strayed(account: ResolvedAccount, session: Session): DrError {
  return new DrError({
    code: "E_NO_IDENTITY",
    exit: EXIT.noPermission,
    message: `the role of ${account.name} led into account ${session.account}, expected ${account.id}`,
  })
}

function nameless(own: Session): DrError {
  return new DrError({
    code: "E_NO_IDENTITY",
    exit: EXIT.noPermission,
    message: `${own.principal} has no name that could stand in CloudTrail for break-glass`,
    hints: ["--source-identity YOUR-NAME"],
  })
}

function refused(cause: DrError, account: ResolvedAccount, own: Session): DrError {
  const hints = [
    `people of the account itself, with a fresh second factor: --mfa ${account.name}=DEVICE_ARN`,
    ...(own.account === account.id ? [] : [`sign in to ${account.name}: --in ${account.name}=PROFILE`]),
  ]
  return new DrError({
    code: cause.code,
    exit: cause.exit,
    message: cause.message,
    hints: [...hints, ...cause.hints],
    ...(cause.aws === undefined ? {} : { aws: cause.aws }),
    cause,
  })
}

function memo<V>(): (key: string, make: () => V) => V {
  const made = new Map<string, V>()
  return (key, make) => {
    const known = made.get(key) ?? make()
    made.set(key, known)
    return known
  }
}
