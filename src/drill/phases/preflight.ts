import type { Inventory } from "../../access/inventory.ts"
import { isRunId } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { checkAccess } from "../access/check.ts"
import type { Session } from "../../keys/ports.ts"
import type { DrillContext, Sessions } from "../context.ts"
import type { Party } from "../scope.ts"

/** Who am I, who may I become, is that really the account dr.yaml means, and do the roles have every right they will need? Nothing is written before the answer is yes. */
export async function preflight(context: DrillContext): Promise<Sessions> {
  const workload = await assume(context, "workload", context.scope.workload)
  const recovery = await assume(context, "recovery", context.scope.recovery)
  await checkAccess(context, { workload, recovery })
  await warnOfLeftovers(context, { workload, recovery })
  return { workload, recovery }
}

/** A run that was killed could not clean up. It is told, not deleted: another machine's run may be at work right now. */
async function warnOfLeftovers(context: DrillContext, sessions: Sessions): Promise<void> {
  const { deps, scope } = context
  const { bucket, prefix } = scope.scratch
  const runs = new Set<string>()
  for await (const object of context.s3(sessions.recovery).list(bucket, prefix, scope.recovery.account)) {
    const run = object.key.slice(prefix.length).split("/")[0] ?? ""
    if (isRunId(run) && run !== deps.run) runs.add(run)
    if (runs.size >= MOST_LEFTOVERS) break
  }
  if (runs.size === 0) return
  deps.emit("warning", {
    message: `s3://${bucket}/${prefix} still holds objects of ${[...runs].join(", ")}: killed before their clean-up, or still running`,
    hint: "when none of them runs any more, delete those prefixes with all versions",
  })
}

/** Enough to be told; a listing of a full scratch prefix must not hold a drill up. */
const MOST_LEFTOVERS = 5

/** Assumes a party's role; with a session policy for the reader that must live without the source. */
export async function assume(
  context: DrillContext,
  name: string,
  party: Party,
  sessionPolicy?: string,
): Promise<Session> {
  const { deps, scope } = context
  const sessionName = `${deps.run}-${name}`.slice(0, 64)
  const session = await deps.aws
    .assumeRole({
      from: deps.aws.base,
      role: party.role,
      region: scope.recoveryRegion,
      sessionName,
      sourceIdentity: "dr",
      tags: { "dr-run": deps.run, "dr-drill": scope.definition.name },
      ...(party.externalId === undefined ? {} : { externalId: party.externalId }),
      ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
    })
    .catch((thrown: unknown) => {
      throw withStatement(thrown, party, scope.rendered)
    })
  deps.emit("identity.assumed", {
    role: party.role,
    account: session.account,
    principal: session.principal,
    sessionName,
    sourceIdentity: "dr",
  })
  if (session.account !== party.account) throw wrongAccount(name, party, session)
  context.check("preflight", `account of the ${name} role`, "ok", party.account, session.account)
  return session
}

/** The role's trust policy as dr renders it, for whoever must mend it. */
function withStatement(thrown: unknown, party: Party, rendered: Inventory | undefined): unknown {
  const trust = rendered?.principals.find(({ arn }) => arn === party.role)?.trust?.document
  const [statement] = (trust as { Statement?: readonly object[] } | undefined)?.Statement ?? []
  if (!(thrown instanceof DrError) || thrown.code !== "E_ASSUME_ROLE" || statement === undefined) return thrown
  if (!(thrown.cause instanceof DrError) || thrown.cause.code !== "E_AWS_ACCESS_DENIED") return thrown // too busy, not there
  return new DrError({
    code: thrown.code,
    exit: thrown.exit,
    message: `${thrown.message}: add to the trust policy of ${party.role} ${JSON.stringify(statement)}`,
    hints: thrown.hints,
    cause: thrown,
    ...(thrown.aws === undefined ? {} : { aws: thrown.aws }),
  })
}

function wrongAccount(name: string, party: Party, session: Session): DrError {
  return new DrError({
    code: "E_WRONG_ACCOUNT",
    exit: EXIT.noPermission,
    message: `the ${name} role ${party.role} landed in account ${session.account}, dr.yaml says ${party.account}; nothing was written`,
    hints: ["dr config show", "aws sts get-caller-identity"],
  })
}
