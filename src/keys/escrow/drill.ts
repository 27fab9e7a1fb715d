import type { AccountId, KeyArn, RegionName } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { attempt } from "../status/attempt.ts"
import type { KeyAdminPort } from "../ports.ts"
import { identityOf, sealTo, type AgeIdentity } from "./age.ts"
import { bringMaterial } from "./bring.ts"
import { makeCanary, opensCanary, type Canary } from "./canary.ts"
import { eventually, PATIENCE, type EscrowDeps } from "./deps.ts"
import { newSet, type NewSet } from "./new-set.ts"
import { openShare, type ProvenShare } from "./open-share.ts"
import { provePlace } from "./prove.ts"
import { materialOf, quorumOf } from "./quorum.ts"
import { secretFrom, wipe } from "./secret-bytes.ts"
import type { EscrowSet } from "./set.ts"
import { shareText } from "./share-text.ts"

export interface DrillWanted {
  readonly env: string
  readonly key: string
  readonly account: AccountId
  readonly region: RegionName
  readonly threshold: number
  /** How many throw-away custodians. */
  readonly custodians: number
  /** JSON text of the throw-away key's policy. */
  readonly policy: string
}

/** A throw-away key that a drill made: kept, so that a killed drill leaves none behind. */
export interface ThrowAway {
  readonly run: string
  readonly keyArn: KeyArn
  readonly madeAt: string
}

export interface ThrowAways {
  list(): Promise<readonly ThrowAway[]>
  save(key: ThrowAway): Promise<void>
  /** Its deletion is scheduled. */
  forget(key: ThrowAway): Promise<void>
}

export interface EscrowDrill {
  readonly run: string
  readonly keyArn: KeyArn
  readonly steps: ReadonlyArray<{ readonly step: string; readonly ok: boolean; readonly why?: string }>
  readonly passed: boolean
  /** When the throw-away key goes, ISO 8601. */
  readonly deletionAt?: string
  /** Throw-away keys of earlier drills that were killed. */
  readonly swept: readonly KeyArn[]
}

/** Our own policies allow no shorter window. */
const WINDOW_DAYS = 30

/**
 * Loses the material of a throw-away key and brings it back from its shares: the same steps, the same rights and the same
 * code as in an emergency, with identities that live in memory only. The key's deletion is scheduled whatever happens.
 */
export async function drillEscrow(deps: EscrowDeps, wanted: DrillWanted, throwAways: ThrowAways): Promise<EscrowDrill> {
  const admin = await deps.actors.admin(wanted.account, "break-glass")
  const swept = await sweep(admin, throwAways)
  const keyArn = await admin.createKey(wanted.region, {
    description: `throw-away key of dr keys escrow drill, ${deps.run}`,
    policy: wanted.policy,
    tags: { "dr:escrow-drill": deps.run, "dr:env": wanted.env },
    origin: "EXTERNAL",
    multiRegion: false,
  })
  const key: ThrowAway = { run: deps.run, keyArn, madeAt: isoStamp(deps.clock.now()) }
  await throwAways.save(key)
  const steps: Array<EscrowDrill["steps"][number]> = []
  let deletionAt: string | undefined
  const story = new Story(deps, wanted, admin, keyArn)
  try {
    await story.play(async (step, work) => {
      deps.signal.throwIfAborted()
      const done = await attempt(deps.signal, work)
      steps.push({ step, ok: done.ok, ...(done.ok ? {} : { why: done.error.message }) })
      deps.emit("escrow.step", { set: deps.run, step, result: done.ok ? "ok" : "failed", region: wanted.region })
      return done.ok
    })
  } finally {
    story.forget()
    const scheduled = await attempt(new AbortController().signal, () => admin.scheduleDeletion(keyArn, WINDOW_DAYS))
    const step = `the throw-away key goes in ${WINDOW_DAYS} days`
    if (scheduled.ok) await throwAways.forget(key)
    deletionAt = scheduled.ok ? scheduled.value : undefined
    steps.push({ step, ok: scheduled.ok, ...(scheduled.ok ? {} : { why: scheduled.error.message }) })
  }
  const passed = steps.every(({ ok }) => ok)
  return { run: deps.run, keyArn, steps, passed, swept, ...(deletionAt === undefined ? {} : { deletionAt }) }
}

type Take = (step: string, work: () => Promise<void>) => Promise<boolean>

/** The material and the identities of one drill. */
class Story {
  readonly #deps: EscrowDeps
  readonly #wanted: DrillWanted
  readonly #admin: KeyAdminPort
  readonly #arn: KeyArn
  #made: NewSet | undefined
  #set: EscrowSet | undefined
  #canary: Canary | undefined
  #identities: AgeIdentity[] = []
  #sealed: string[] = []

  constructor(deps: EscrowDeps, wanted: DrillWanted, admin: KeyAdminPort, arn: KeyArn) {
    this.#deps = deps
    this.#wanted = wanted
    this.#admin = admin
    this.#arn = arn
  }

  async play(take: Take): Promise<void> {
    const { threshold, custodians } = this.#wanted
    for (const [step, work] of [
      [`new material, split ${threshold} of ${custodians}, each share sealed to its custodian`, () => this.#split()],
      ["material imported, and a ciphertext made under it", () => this.#bring()],
      ["material deleted: the key is PendingImport and opens nothing", () => this.#lose()],
      [`${threshold} shares opened, combined and held against their commitment; imported again`, () => this.#recover()],
      ["the old ciphertext opens to the same bytes", () => this.#prove()],
    ] as const)
      if (!(await take(step, work))) return
  }

  forget(): void {
    wipe(this.#made?.material, ...(this.#made?.shares ?? []))
  }

  async #split(): Promise<void> {
    const { env, key, threshold, custodians } = this.#wanted
    const recipients: Record<string, string> = {}
    for (let at = 1; at <= custodians; at++) {
      const scalar = secretFrom(this.#deps.random(32))
      const identity = await identityOf(scalar).finally(() => wipe(scalar))
      this.#identities.push(identity)
      recipients[`throw-away-${at}`] = identity.recipient
    }
    const wanted = { env, key, threshold, custodians: recipients, keyArn: this.#arn }
    const made = await newSet(wanted, this.#deps.random, this.#deps.clock.now())
    this.#made = made
    this.#set = made.set
    for (const [at, { name, recipient }] of made.set.custodians.entries()) {
      const share = made.shares[at] ?? new Uint8Array()
      const text = shareText({ set: made.set, index: at + 1, custodian: name, share })
      this.#sealed.push(await sealTo(recipient, text).finally(() => wipe(text)))
    }
  }

  async #bring(): Promise<void> {
    const { made, set } = this.#have()
    const { account, region } = this.#wanted
    const { material } = made
    const bringing = { set, material, type: "NEW_KEY_MATERIAL" as const, expires: undefined }
    const keyMaterialId = await bringMaterial(this.#admin, this.#arn, bringing)
    // What brings it back are the shares alone.
    this.forget()
    this.#set = { ...set, keyMaterialId }
    await eventually(this.#deps, PATIENCE.change, async () => {
      const kms = await this.#deps.actors.drill(account, region)
      this.#canary = await makeCanary(kms, this.#arn, set, { run: this.#deps.run, now: this.#deps.clock.now() })
      return true
    })
  }

  async #lose(): Promise<void> {
    const { set, canary } = this.#have()
    const { account, region } = this.#wanted
    await this.#admin.deleteMaterial(this.#arn, set.keyMaterialId ?? "")
    const gone = await eventually(this.#deps, PATIENCE.change, async () => {
      const reader = await this.#deps.actors.reader(account)
      return (await reader.describeKey(region, this.#arn)).state === "PendingImport"
    })
    if (!gone) throw failedStep("the key did not become PendingImport")
    const kms = await this.#deps.actors.drill(account, region)
    const opened = await opensCanary(kms, this.#arn, canary).then(
      () => true,
      () => false,
    )
    if (opened) throw failedStep("the ciphertext still opens: nothing was lost, so nothing would be proven")
  }

  async #recover(): Promise<void> {
    const { set } = this.#have()
    // The last ones, not the first: whoever only tried share 1 and 2 has tried nothing else.
    const from = this.#sealed.length - this.#wanted.threshold
    const shares: ProvenShare[] = []
    try {
      for (const [at, text] of this.#sealed.slice(from).entries())
        shares.push(await openShare({ from: `share ${from + at + 1}`, text }, this.#identities, []))
      const material = await materialOf(shares, quorumOf(shares))
      const bringing = { set, material, type: "EXISTING_KEY_MATERIAL" as const, expires: undefined }
      await bringMaterial(this.#admin, this.#arn, bringing).finally(() => wipe(material))
    } finally {
      wipe(...shares.map(({ share }) => share))
    }
  }

  async #prove(): Promise<void> {
    const { account, region } = this.#wanted
    const { canary } = this.#have()
    const { proof, why } = await provePlace(this.#deps, account, { arn: this.#arn, region }, canary)
    if (proof !== "decrypted") throw failedStep(why ?? proof)
  }

  #have(): { made: NewSet; set: EscrowSet; canary: Canary } {
    const [made, set, canary] = [this.#made, this.#set, this.#canary]
    if (made === undefined || set === undefined) throw failedStep("the drill has no set yet")
    return { made, set, canary: canary as Canary }
  }
}

const failedStep = (message: string): DrError => new DrError({ code: "E_ESCROW_NOT_PROVEN", message })

/** What killed drills left. A key that cannot be swept now stays on the list. */
async function sweep(admin: KeyAdminPort, throwAways: ThrowAways): Promise<KeyArn[]> {
  const swept: KeyArn[] = []
  for (const key of await throwAways.list()) {
    try {
      await admin.scheduleDeletion(key.keyArn, WINDOW_DAYS)
    } catch (thrown) {
      // Gone, or its deletion was scheduled by hand.
      const gone = thrown instanceof DrError && ["E_AWS_NOT_FOUND", "E_KEY_STATE"].includes(thrown.code)
      if (!gone)
        throw new DrError({ code: "E_ESCROW_KEY", message: `cannot sweep ${key.keyArn}: ${messageOf(thrown)}` })
    }
    await throwAways.forget(key)
    swept.push(key.keyArn)
  }
  return swept
}
