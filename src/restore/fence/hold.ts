import type { Clock } from "../../kernel/clock.ts"
import { formatDuration } from "../../kernel/duration.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { MINUTE, type Millis } from "../../kernel/units.ts"
import { decideFence, type FenceFound } from "./decide.ts"
import type { FenceHolder, FenceRecord, FenceStore, StoredFence } from "./fence-store.ts"

const BEAT_EVERY_MS: Millis = MINUTE

export interface FenceDeps {
  readonly clock: Clock
  readonly store: FenceStore
  /** Whether that process ran on this boot of this machine and is gone. */
  readonly isGone: (holder: FenceHolder) => boolean
  /** The run must stop: another one works for the environment. */
  readonly onLost: (error: DrError) => void
  /** A heartbeat that could not be sent is no reason to stop; it is told. */
  readonly onTrouble: (thrown: unknown) => void
}

export interface FenceRequest {
  readonly env: string
  readonly run: string
  readonly kind: string
  readonly me: FenceHolder
  readonly takeOver: boolean
  readonly above: number
}

export interface HeldFence {
  /** Goes into the header of every segment. */
  readonly epoch: number
  /** Ends the heartbeat and says so to others. Never throws: who comes next can wait until it is stale. */
  release(): Promise<void>
}

/** One run at a time for an environment, over all machines. @throws DrError E_FENCED (75) that names the holder */
export async function holdFence(deps: FenceDeps, request: FenceRequest): Promise<HeldFence> {
  const { env, run, kind, me, takeOver, above } = request
  const found = await newest(deps.store)
  const holderGone = found !== undefined && deps.isGone(found.record.holder)
  const decision = decideFence({ found, now: deps.clock.now(), takeOver, holderGone, above })
  if (decision.kind === "refuse") throw heldBy(env, decision.holder, decision.silentMs, decision.stale)
  if (decision.kind === "take-over") await markTaken(deps.store, env, decision.from, run)
  const record: FenceRecord = { version: 1, state: "held", run, kind, holder: me, beat: 0 }
  const etag = await put(deps.store, decision.epoch, record, undefined)
  if (etag === undefined) throw quicker(env)
  if (found?.record.state === "released") await deps.store.delete(found.epoch).catch(deps.onTrouble)
  return beating(deps, env, { epoch: decision.epoch, record, etag })
}

async function newest(store: FenceStore): Promise<FenceFound | undefined> {
  const epoch = await store.latest()
  const stored = epoch === undefined ? undefined : await store.get(epoch)
  return epoch === undefined || stored === undefined ? undefined : { ...stored, epoch }
}

/** Before the next number is claimed: the old holder's next heartbeat fails, and a heartbeat that comes between wins. */
async function markTaken(store: FenceStore, env: string, { epoch, record, etag }: FenceFound, by: string) {
  if ((await put(store, epoch, { ...record, state: "taken", by }, etag)) === undefined) throw quicker(env)
}

/** When the answer to a write was lost, the write that was sent again finds its own record: that is a success. */
async function put(
  store: FenceStore,
  epoch: number,
  record: FenceRecord,
  etag: string | undefined,
): Promise<string | undefined> {
  const written =
    etag === undefined ? await store.putIfAbsent(epoch, record) : await store.putIfMatch(epoch, record, etag)
  if (written !== undefined) return written
  const there: StoredFence | undefined = await store.get(epoch)
  return JSON.stringify(there?.record) === JSON.stringify(record) ? there?.etag : undefined
}

interface Mine {
  readonly epoch: number
  readonly record: FenceRecord
  readonly etag: string
}

function beating(deps: FenceDeps, env: string, first: Mine): HeldFence {
  const { clock, store, onLost, onTrouble } = deps
  const ended = new AbortController()
  let mine = first
  const write = async (record: FenceRecord): Promise<boolean> => {
    const etag = await put(store, mine.epoch, record, mine.etag)
    if (etag !== undefined) mine = { ...mine, record, etag }
    return etag !== undefined
  }
  const beat = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(BEAT_EVERY_MS, ended.signal)
      const kept = await write({ ...mine.record, beat: mine.record.beat + 1 }).catch((thrown: unknown) => {
        onTrouble(thrown)
        return true
      })
      if (ended.signal.aborted) return
      if (!kept) return onLost(await lostTo(env, store, mine.epoch))
    }
  }
  const beats = beat().catch((thrown: unknown) => {
    if (!ended.signal.aborted) onTrouble(thrown)
  })
  return {
    epoch: mine.epoch,
    async release() {
      ended.abort()
      await beats // or the last heartbeat could overtake the release
      await write({ ...mine.record, state: "released" }).catch(onTrouble)
    },
  }
}

async function lostTo(env: string, store: FenceStore, epoch: number): Promise<DrError> {
  const by = await store.get(epoch).then(
    (stored) => stored?.record.by,
    () => undefined,
  )
  return new DrError({
    code: "E_FENCED",
    exit: EXIT.tryLater,
    message: `${by === undefined ? "another run" : `run ${by}`} took over the environment ${env}`,
    hints: ["look with `dr restore status` what that run does before anything else is started"],
  })
}

function heldBy(env: string, { record }: FenceFound, silentMs: Millis, stale: boolean): DrError {
  return new DrError({
    code: "E_FENCED",
    exit: EXIT.tryLater,
    message: `run ${record.run} (${record.kind}, process ${record.holder.pid}) works for the environment ${env}; last heard of ${formatDuration(silentMs)} ago`,
    hints: stale
      ? ["make sure that it is dead, then pass --take-over"]
      : ["wait for it to finish; when it is silent for over 10 min, --take-over takes its place"],
  })
}

function quicker(env: string): DrError {
  return new DrError({
    code: "E_FENCED",
    exit: EXIT.tryLater,
    message: `another run was quicker to start for the environment ${env}`,
    hints: ["look with `dr restore status` what it does, then try again"],
  })
}
