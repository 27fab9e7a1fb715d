import { randomBytes } from "node:crypto"
import { AssumeRoleCommand } from "@aws-sdk/client-sts"
import { connectInventory } from "../../../src/aws/inventory-reader.ts"
import { EXTERNAL_ID, PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import type { ResolvedEnvironment } from "../../../src/estate/topology.ts"
import { sha256Hex } from "../../../src/kernel/digest.ts"
import { readersOf } from "../../../src/keys/live-readers.ts"
import { liveScope } from "../../../src/keys/live-scope.ts"
import { keyAccess } from "../../../src/keys/status/key-access.ts"
import { readKeyInventory } from "../../../src/keys/status/read-inventory.ts"
import { recoverability, type EscrowFacts, type KeyRecoverability } from "../../../src/keys/status/recoverability.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import type { Sandbox } from "../../../src/sandbox/index.ts"
import { Actor } from "./incident-actor.ts"
import { configFor, environmentFor, type Side, type Variant } from "./incident-world.ts"

/** One estate on the sandbox, with everybody who could act in it. */
export class IncidentEstate {
  readonly sandbox: Sandbox
  readonly environment: ResolvedEnvironment
  readonly #text: string
  readonly variant: Variant
  /** ARNs in the Regions of their data. */
  readonly keys = { workload: "", recovery: "" }
  /** Of imported material. */
  readonly material = randomBytes(32)
  /** What the user of a key without datasets encrypted in the primary Region. */
  ciphertext: Uint8Array = new Uint8Array()
  /** The Region that gives no answer. */
  lost = ""
  escrow: ReadonlyMap<string, readonly EscrowFacts[]> = new Map()

  constructor(sandbox: Sandbox, at: number, variant: Variant) {
    this.sandbox = sandbox
    this.#text = configFor(at, sandbox.endpoint)
    this.variant = variant
    this.environment = environmentFor(this.#text, variant)
  }

  /** The key of a side and the Region of its data. */
  home(side: Side): { readonly KeyId: string; readonly region: string } {
    return { KeyId: this.keys[side], region: side === "workload" ? PRIMARY : RECOVERY }
  }
  elsewhere(side: Side): { readonly KeyId: string; readonly region: string } {
    const region = side === "workload" ? RECOVERY : PRIMARY
    return { KeyId: this.keys[side].replace(/:kms:[^:]+:/, `:kms:${region}:`), region }
  }

  admin = (side: Side): Actor => {
    const { id } = this.environment[side]
    return this.#kept(`administrator ${id}`, () => this.sandbox.credentialsFor(id))
  }
  root = (side: Side): Actor => {
    const { id } = this.environment[side]
    const secretAccessKey = `sandbox-only-not-a-secret-root-${id}`
    return this.#kept(`root ${id}`, () => ({ accessKeyId: `AKIASBX1${id}`, secretAccessKey }))
  }
  /** Building SDK clients takes longer than asking the sandbox. */
  readonly #known = new Map<string, Actor>()
  #kept(name: string, credentials: () => ConstructorParameters<typeof Actor>[2]): Actor {
    const actor = this.#known.get(name) ?? new Actor(name, this.sandbox.endpoint, credentials())
    this.#known.set(name, actor)
    return actor
  }
  operator = (side: Side): Promise<Actor> => this.become(this.environment[side].roles.operator)
  recoveryRole = (by: Side = "workload"): Promise<Actor> => this.become(this.environment.recovery.roles.drill, by)
  sync = (): Promise<Actor> => this.become(this.environment.recovery.roles.sync)
  breakGlass = (side: Side): Promise<Actor> =>
    this.become(this.environment[side].roles.breakGlass, side, {
      Tags: [{ Key: "dr-plan", Value: `sha256-${sha256Hex("plan")}` }],
      SerialNumber: `arn:aws:iam::${this.environment[side].id}:mfa/commander`,
      TokenCode: "123456",
    })
  /** Whoever reads and writes what the workload key protects. */
  service = (): Promise<Actor> =>
    this.become(this.environment.datasets[0]?.users[0] ?? this.environment.keys[0]?.users[0])
  /** Everybody who could have a right to manage the side's key. */
  keepers = async (side: Side): Promise<Actor[]> => [
    await this.operator(side),
    await this.breakGlass(side),
    this.root(side),
    this.admin(side),
  ]

  /** STS is asked in the recovery Region, which is there in every incident but its own. */
  async become(role: string | undefined, by: Side = "workload", more: object = {}): Promise<Actor> {
    const command = new AssumeRoleCommand({
      RoleArn: role,
      RoleSessionName: "test",
      SourceIdentity: "commander",
      ExternalId: EXTERNAL_ID,
      ...more,
    })
    const { Credentials } = await this.admin(by).sts("eu-north-1").send(command)
    return new Actor(role ?? "", this.sandbox.endpoint, {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    })
  }

  /** The row of the table, from the inventory as AWS tells it now. */
  async row(side: Side, now = this.sandbox.clock.now()): Promise<KeyRecoverability> {
    const signal = new AbortController().signal
    const port = await connectInventory({
      deps: { clock: { ...systemClock, sleep: async () => undefined }, emit: () => undefined, signal },
      endpoint: this.sandbox.endpoint,
      region: RECOVERY,
      credentials: async () => this.sandbox.credentialsFor(this.environment.workload.id),
      sessionName: "test",
    })
    try {
      const scope = liveScope(loadEstate({ path: "dr.yaml", text: this.#text }), this.environment)
      const takenAt = new Date(now).toISOString()
      const inventory = await readKeyInventory(readersOf(port, scope.accounts), this.environment, { takenAt, signal })
      const access = keyAccess(this.environment, inventory)
      const facts = { environment: this.environment, access, escrow: this.escrow, proofs: [], now }
      const row = recoverability(inventory, facts).find((each) => each.side === side)
      if (row === undefined) throw new Error(`no ${side} key`)
      return row
    } finally {
      port.close()
    }
  }
}
