import type { FoundConfig } from "../estate/discover.ts"
import type { Estate } from "../estate/model.ts"
import { loadEstate } from "../estate/load.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import { isoStamp } from "../kernel/clock.ts"
import { mapBounded, slots, type Slots } from "../kernel/concurrency.ts"
import { display } from "../kernel/display.ts"
import { DrError, isSilence } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { readersOf, type ReaderFor } from "../keys/live-readers.ts"
import { liveScope } from "../keys/live-scope.ts"
import { keyAccess } from "../keys/status/key-access.ts"
import type { KeyInventory } from "../keys/status/key-inventory.ts"
import { environmentKeys, type EnvironmentKeys } from "../keys/status/key-status.ts"
import { CALLS_AT_ONCE, readKeyInventory } from "../keys/status/read-inventory.ts"
import { recoverability, type EscrowFacts } from "../keys/status/recoverability.ts"
import { remember } from "../keys/status/remember.ts"
import type { RunRecord } from "../rto/record.ts"
import type { Deps } from "./deps.ts"
import { environmentsOf } from "./environments.ts"
import { escrowFacts } from "./escrow-facts.ts"
import { lastKeySnapshot, saveKeySnapshot, setAside, type SavedSnapshot } from "./key-snapshot.ts"
import { datasetProofs } from "./key-proofs.ts"
import { storedRecords } from "./rto-records.ts"

export interface KeyStatusOptions {
  /** Left out: every environment of dr.yaml. */
  readonly env: string | undefined
  /** One key of dr.yaml. */
  readonly key: string | undefined
  /** From the last snapshot, without a word to AWS. */
  readonly offline: boolean
}

export interface KeyStatusResult {
  readonly environments: readonly EnvironmentKeys[]
  readonly warnings: readonly string[]
}

/**
 * The keys of the environments with what they are worth. Read-only in AWS; a live reading of all keys of an environment
 * becomes its snapshot, on which `offline` and silent Regions fall back.
 * @throws DrError E_ENV, E_KEY (64), E_CONFIG (78), E_CREDENTIALS (77), E_KEY_SNAPSHOT (3)
 */
export async function keyStatus(deps: Deps, config: FoundConfig, options: KeyStatusOptions): Promise<KeyStatusResult> {
  const environments = withKey(environmentsOf(config, options.env), options.key)
  const warnings: string[] = []
  const records = await provenRecords(deps, warnings)
  const inSlot = slots(CALLS_AT_ONCE)
  const estate = loadEstate(config)
  const read = await mapBounded(
    environments,
    environments.length,
    async (environment) => {
      const context = { deps, estate, environment, records, warnings, only: options.key }
      return options.offline ? offline(context) : live(context, inSlot)
    },
    deps.signal,
  )
  return { environments: read, warnings }
}

interface Context {
  readonly deps: Deps
  readonly estate: Estate
  readonly environment: ResolvedEnvironment
  readonly records: readonly RunRecord[]
  readonly warnings: string[]
  /** The one key of dr.yaml that is looked at. */
  readonly only: string | undefined
}

async function live(context: Context, inSlot: Slots): Promise<EnvironmentKeys> {
  const { deps, environment, warnings } = context
  const last = await trusted(context)
  const inventory = remember(await readLive(context, inSlot), last?.snapshot.inventory)
  if (context.only === undefined && knowsAnything(inventory))
    await saveKeySnapshot(deps, inventory, environment.simulated).catch((thrown: unknown) => {
      if (!(thrown instanceof DrError)) throw thrown
      warnings.push(`no snapshot was kept for the emergency: ${thrown.message}`)
    })
  return judged(context, inventory, { source: "live" })
}

async function offline(context: Context): Promise<EnvironmentKeys> {
  const { deps, environment } = context
  const last = await lastKeySnapshot(deps.state, environment.name)
  if (last === undefined) throw noSnapshot(deps, environment.name)
  return judged(context, narrowed(last.snapshot.inventory, context.only), { source: "snapshot", signer: last.signer })
}

const narrowed = (inventory: KeyInventory, only: string | undefined): KeyInventory =>
  only === undefined ? inventory : { ...inventory, keys: inventory.keys.filter(({ name }) => name === only) }

async function judged(
  { deps, environment, records, warnings }: Context,
  inventory: KeyInventory,
  from: { readonly source: "live" | "snapshot"; readonly signer?: string },
): Promise<EnvironmentKeys> {
  const now = deps.clock.now()
  const proofs = datasetProofs(records, environment)
  const access = keyAccess(environment, inventory)
  const escrow = await escrowFacts(deps.state, environment).catch((thrown: unknown) => {
    if (!(thrown instanceof DrError)) throw thrown
    warnings.push(`no escrow counts: ${thrown.message}`)
    return new Map<string, EscrowFacts[]>()
  })
  const table = recoverability(inventory, { environment, access, proofs, escrow, now })
  return environmentKeys(inventory, { environment, proofs, recoverability: table, now, ...from })
}

async function readLive({ deps, estate, environment, only }: Context, inSlot: Slots): Promise<KeyInventory> {
  const [{ connectInventory }, { ownCredentials }] = await Promise.all([
    import("../aws/inventory-reader.ts"),
    import("../aws/own-credentials.ts"),
  ])
  const { recoveryRegion: region, primaryRegion, endpoint } = environment
  const wanted = { ...environment, keys: environment.keys.filter(({ name }) => only === undefined || name === only) }
  const reading = { takenAt: isoStamp(deps.clock.now()), signal: deps.signal, inSlot }
  try {
    const port = await connectInventory({
      deps: { clock: deps.clock, emit: deps.events.emit, signal: deps.signal },
      region,
      otherRegions: [primaryRegion],
      credentials: ownCredentials(region, deps.profile),
      sessionName: deps.run,
      ...(endpoint === undefined ? {} : { endpoint }),
    })
    try {
      return await readKeyInventory(readersOf(port, liveScope(estate, environment).accounts), wanted, reading)
    } finally {
      port.close()
    }
  } catch (thrown) {
    // Not even STS answers: then nobody is read, and the snapshot tells what was.
    if (!isSilence(thrown)) throw withoutAws(thrown, environment.name)
    const nobody: ReaderFor = () => Promise.reject(thrown)
    return readKeyInventory(nobody, wanted, reading)
  }
}

/** The last snapshot; one that cannot be trusted is named, put aside and not used. */
async function trusted({ deps, environment, warnings }: Context): Promise<SavedSnapshot | undefined> {
  try {
    return await lastKeySnapshot(deps.state, environment.name)
  } catch (thrown) {
    if (!(thrown instanceof DrError)) throw thrown
    warnings.push(thrown.message)
    if (thrown.code === "E_KEY_SNAPSHOT")
      warnings.push(`it was put aside as ${await setAside(deps.state, environment.name, isoStamp(deps.clock.now()))}`)
    return undefined
  }
}

const knowsAnything = ({ keys }: KeyInventory): boolean =>
  keys.some(({ places }) => places.some(({ kind }) => kind !== "unread"))

/** With a broken chain no record proves anything. */
async function provenRecords({ state }: Deps, warnings: string[]): Promise<readonly RunRecord[]> {
  const { records, broken } = await storedRecords(state)
  const [first] = broken
  if (first === undefined) return records
  warnings.push(`no drill counts as a proof: evidence/${first.file}: ${first.why}`)
  return []
}

/** Those that have the key. @throws DrError E_KEY (64) when none has */
function withKey(environments: readonly ResolvedEnvironment[], key: string | undefined): ResolvedEnvironment[] {
  const having = environments.filter(({ keys }) => key === undefined || keys.some(({ name }) => name === key))
  if (having.length > 0 || key === undefined) return having
  const names = [...new Set(environments.flatMap(({ keys }) => keys.map(({ name }) => name)))]
  throw new DrError({
    code: "E_KEY",
    exit: EXIT.usage,
    message: `dr.yaml has no key ${display(JSON.stringify(key))} there; it has ${names.join(", ")}`,
    hints: names[0] === undefined ? [] : [`--key ${names[0]}`],
  })
}

/** Who has no identity at three in the morning still has the snapshot. */
function withoutAws(thrown: unknown, env: string): unknown {
  if (!(thrown instanceof DrError) || thrown.code !== "E_CREDENTIALS") return thrown
  const { code, exit, message, hints, aws, cause } = thrown
  const next = [...hints, `what is known without AWS: dr keys status -e ${env} --offline`]
  return new DrError({ code, exit, message, hints: next, cause, ...(aws === undefined ? {} : { aws }) })
}

function noSnapshot({ state }: Deps, env: string): DrError {
  return new DrError({
    code: "E_NO_SNAPSHOT",
    exit: EXIT.failed,
    message: `there is no snapshot of the keys of ${env} in ${state.path}`,
    hints: [`take one while AWS answers: dr keys status -e ${env}`],
  })
}
