import { tryParseArn } from "../access/arn.ts"
import type { AllPorts } from "../aws/ports.ts"
import type { FoundConfig } from "../estate/discover.ts"
import { loadEstate } from "../estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"
import type { KeyArn, RoleArn } from "../kernel/brands.ts"
import { display } from "../kernel/display.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { Session } from "../keys/ports.ts"
import { PacedTurns } from "../restore/rewrap/pace.ts"
import { namedKeys } from "../restore/rewrap/plan-keys.ts"
import { rewrap, type RewrapReport } from "../restore/rewrap/rewrap.ts"
import type { RewrapPlan } from "../restore/rewrap/rewrap-plan.ts"
import { Prompt } from "./ask.ts"
import { connect } from "./connect.ts"
import type { Deps } from "./deps.ts"
import { acquireLock } from "./lock.ts"
import { rewrapFiles } from "./rewrap-files.ts"

export interface RewrapFlags {
  readonly env?: string | undefined
  readonly from: string
  readonly to: string
  readonly out: string
  readonly role?: string | undefined
  readonly region?: string | undefined
  readonly "max-inflight": number
  readonly rate?: number | undefined
  readonly verify: RewrapPlan["verify"]
  readonly yes?: boolean | undefined
  /** Nobody is asked. */
  readonly silent: boolean
}

export interface RewrapResult extends RewrapReport {
  readonly environment: ResolvedEnvironment
  readonly plan: RewrapPlan
  readonly journal: string
}

/**
 * Plans, asks, re-encrypts. One process at a time for an output.
 * @throws DrError E_READ, E_KEY, E_UNCONFIRMED (64), E_LOCKED (75), E_KEY_STATE, and those of `rewrap`
 */
export async function runRewrap(
  deps: Deps,
  config: FoundConfig,
  input: string,
  flags: RewrapFlags,
): Promise<RewrapResult> {
  const environment = environmentOf(loadEstate(config), flags.env)
  const named = namedKeys(environment, flags)
  const files = await rewrapFiles(input, flags.out)
  const release = await acquireLock(`${flags.out}.lock`, deps.run)
  const prompt = new Prompt({ silent: flags.silent, signal: deps.signal })
  const aws = await connect(deps, environment).catch(async (thrown: unknown) => {
    await release()
    throw thrown
  })
  try {
    const session = await sessionFor(deps, aws, environment, flags.role)
    const [from, to] = [
      await usableKey(aws, session, named.region, named.from),
      await usableKey(aws, session, named.region, named.to),
    ]
    const plan = { from, to, maxInFlight: flags["max-inflight"], verify: flags.verify }
    await prompt.agree(question(plan, files.lines, flags.out, session), flags.yes)
    const { clock, events, signal } = deps
    const restore = { clock, signal, emit: events.emit, random: () => randomFraction(deps) }
    const pace = new PacedTurns(restore, {
      maxInFlight: plan.maxInFlight,
      ...(flags.rate === undefined ? {} : { capPerSecond: flags.rate }),
    })
    const ports = { kms: await aws.rewrap(session, named.region), files, pace }
    const { result, journal } = await told(deps, environment, () => rewrap(restore, plan, ports, files.lines))
    return { ...result, environment, plan, journal }
  } finally {
    prompt.close()
    aws.close()
    await release()
  }
}

function question({ from, to, verify }: RewrapPlan, lines: number, out: string, { principal }: Session): string {
  const opened = verify === "decrypt" ? ", each opened on both sides and compared" : ""
  return `re-encrypt ${lines} data keys from ${from} to ${to} as ${principal}${opened}, into ${display(out)}?`
}

async function sessionFor(
  deps: Deps,
  aws: AllPorts,
  { workload, recovery, recoveryRegion }: ResolvedEnvironment,
  role: string | undefined,
): Promise<Session> {
  if (role === undefined) return aws.base
  const parsed = tryParseArn(role)
  if (parsed?.service !== "iam" || !parsed.resource.startsWith("role/"))
    throw new DrError({ code: "E_USAGE", exit: EXIT.usage, message: `--role ${display(role)} is no ARN of a role` })
  const { externalId } = [workload, recovery].find(({ id }) => id === parsed.account) ?? {}
  return aws.assumeRole({
    from: aws.base,
    role: role as RoleArn,
    region: recoveryRegion,
    sessionName: deps.run,
    sourceIdentity: "dr",
    ...(externalId === undefined ? {} : { externalId }),
  })
}

/** The full ARN, of a key that works: a disabled one cannot be re-encrypted from, and nothing would tell before the first line. */
async function usableKey(
  aws: AllPorts,
  session: Session,
  region: Parameters<AllPorts["kms"]>[1],
  ref: string,
): Promise<KeyArn> {
  const { arn, state } = await aws.kms(session, region).describeKey(ref)
  if (state === "Enabled") return arn
  throw new DrError({
    code: "E_KEY_STATE",
    message: `${arn} is ${state}: KMS re-encrypts between enabled keys only`,
    hints: ["contain a compromised key by its policy, re-encrypt, verify, and only then disable it", "dr keys status"],
  })
}

async function told(
  deps: Deps,
  { name: env, simulated }: ResolvedEnvironment,
  work: () => Promise<RewrapReport>,
): Promise<{ readonly result: RewrapReport; readonly journal: string }> {
  const journal = await deps.openJournal()
  const { emit } = deps.events
  emit("run.started", { kind: "Rewrap", env, simulated, version: deps.version, trigger: "manual" })
  try {
    const result = await work()
    const { listed, done } = result.counts
    emit("run.finished", { outcome: listed > 0 && listed === done ? "passed" : "failed" })
    return { result, journal: journal.path }
  } catch (thrown) {
    const outcome = deps.signal.aborted ? "interrupted" : "failed"
    emit("run.finished", { outcome, reason: messageOf(deps.signal.aborted ? deps.signal.reason : thrown) })
    throw thrown
  } finally {
    journal.close()
  }
}

const randomFraction = ({ random }: Deps): number => Buffer.from(random(4)).readUInt32BE() / 2 ** 32
