import type { ResolvedAccount } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { copiesOf, type Copies } from "./copies.ts"
import { keepersOf, type Holder } from "./key-access.ts"
import type { EstateKey, FoundPlace } from "./key-inventory.ts"
import { missing } from "./missing-place.ts"
import type { EscrowFacts, RecoverabilityFacts } from "./recoverability.ts"
import { replicaOf, sourceOf, type Carrier, type Dataset } from "./readers.ts"

/** A key with everything that its cells are judged by. What costs questions is asked at its first use. */
export interface Scene {
  readonly key: EstateKey
  readonly facts: RecoverabilityFacts
  /** Of the key's data: a workload key's primary Region, a recovery key's Region of the copies. */
  readonly region: RegionName
  /** The key there; undefined = absent or not read, and `homeWhy` says which. */
  readonly home: FoundPlace | undefined
  readonly homeWhy: string
  /** That Region gave no answer at all. */
  readonly silent: boolean
  /** Of dr.yaml, in restore order. */
  readonly datasets: readonly Dataset[]
  readonly escrow: readonly EscrowFacts[]
  /** Who of its own account may surely do these with the key at home. */
  holder(...actions: readonly string[]): Holder
  /** Another Region's key that reads what this one wrote. */
  replica(): Carrier
  /** Copies under the recovery key: of a workload key only. */
  copies(): Copies
  /** The sources under the workload key: of a recovery key only. */
  sources(): Carrier
}

export function sceneOf(key: EstateKey, counterpart: EstateKey | undefined, facts: RecoverabilityFacts): Scene {
  const { environment } = facts
  const owner: ResolvedAccount = key.side === "workload" ? environment.workload : environment.recovery
  const region = key.side === "workload" ? environment.primaryRegion : environment.recoveryRegion
  const place = key.places.find((each) => each.region === region)
  const home = place?.kind === "found" ? place : undefined
  const homeWhy = [missing(place, region), ...straysOf(key, region)].join(", ")
  const datasets = environment.datasets.filter((dataset) => dataset.key === key.name)
  const users = environment.keys.find(({ name }) => name === key.name)?.users ?? []
  const scene = { facts, datasets, users }
  return {
    key,
    facts,
    region,
    home,
    homeWhy,
    silent: place?.kind === "unread" && place.unreachable,
    datasets,
    escrow: facts.escrow.get(key.name) ?? [],
    holder: (...actions) =>
      home === undefined
        ? { may: false, sure: false, why: homeWhy }
        : facts.access.holder(home, actions, keepersOf(owner, region)),
    replica: once(() => replicaOf(key, region, scene)),
    copies: once(() => copiesOf(counterpart, scene)),
    sources: once(() => sourceOf(counterpart, scene)),
  }
}

/** A key that lost its alias is not gone: it is found by our tags. */
const straysOf = ({ strays }: EstateKey, region: RegionName): string[] =>
  strays.filter((stray) => stray.region === region).map(({ arn }) => `but ${arn} carries its tags without its alias`)

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
