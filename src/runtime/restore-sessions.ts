import type { AllPorts } from "../aws/ports.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../estate/topology.ts"
import type { RegionName, RoleArn } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { Session } from "../keys/ports.ts"
import type { DataPlane } from "../restore/data-plane.ts"
import type { Deps } from "./deps.ts"
import { isRole } from "./key-actors.ts"

/** What carries the calls of the data plane. */
export type Transport = "undici" | "raw" | "sdk"

/** Who restores, and the connections of each. */
export interface RestoreSessions {
  /** Undefined = the process's own identity. @throws DrError E_ASSUME_ROLE, E_WRONG_ACCOUNT (77) */
  as(role: RoleArn | undefined): Promise<Session>
  /** The same one for an identity and a Region each time. */
  plane(role: RoleArn | undefined, region: RegionName): Promise<DataPlane>
  close(): Promise<void>
}

export function restoreSessions(
  deps: Deps,
  aws: AllPorts,
  environment: ResolvedEnvironment,
  { maxInFlight, transport = "undici" }: { readonly maxInFlight: number; readonly transport?: Transport },
): RestoreSessions {
  const sessions = new Map<RoleArn | undefined, Promise<Session>>()
  const planes = new Map<string, Promise<DataPlane>>()
  const as = (role: RoleArn | undefined): Promise<Session> => {
    const known =
      sessions.get(role) ?? (role === undefined ? Promise.resolve(aws.base) : assume(deps, aws, environment, role))
    sessions.set(role, known)
    return known
  }
  return {
    as,
    plane(role, region) {
      const name = `${role ?? ""} ${region}`
      const known =
        planes.get(name) ?? as(role).then((session) => aws.dataPlane(session, region, { maxInFlight, transport }))
      planes.set(name, known)
      return known
    },
    async close() {
      const open = await Promise.allSettled(planes.values())
      for (const plane of open) if (plane.status === "fulfilled") await plane.value.close()
    },
  }
}

async function assume(
  deps: Deps,
  aws: AllPorts,
  { workload, recovery, recoveryRegion }: ResolvedEnvironment,
  role: RoleArn,
): Promise<Session> {
  if (isRole(aws.base, role)) return aws.base
  const accountId = role.split(":")[4]
  const account: ResolvedAccount | undefined = [recovery, workload].find(({ id }) => id === accountId)
  const sessionName = `${deps.run}-restore`.slice(0, 64)
  const session = await aws.assumeRole({
    from: aws.base,
    role,
    region: recoveryRegion,
    sessionName,
    sourceIdentity: "dr",
    tags: { "dr-run": deps.run },
    ...(account?.externalId === undefined ? {} : { externalId: account.externalId }),
  })
  deps.events.emit("identity.assumed", {
    role,
    account: session.account,
    principal: session.principal,
    sessionName,
    sourceIdentity: "dr",
  })
  if (session.account === accountId) return session
  throw new DrError({
    code: "E_WRONG_ACCOUNT",
    exit: EXIT.noPermission,
    message: `the role ${role} landed in account ${session.account}; nothing was written`,
    hints: ["aws sts get-caller-identity"],
  })
}
