import { relatedIn, regionOf } from "../../access/arn.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import type { AccountReader, DescribedKey } from "../inventory-port.ts"
import { workloadRegions } from "../policy/scene.ts"
import type { RotationScope } from "./ports.ts"
import { isOver, type RotationState } from "./state.ts"

/** A key in one Region; `state` is AWS's, or `absent`. */
export interface KeyAt {
  readonly region: RegionName
  readonly arn: KeyArn
  readonly state: string
  readonly type?: "PRIMARY" | "REPLICA"
  /** ISO 8601. */
  readonly deletionAt?: string
}

/** Where a manual rotation stands, as AWS says. */
export interface Position {
  readonly alias: ReadonlyArray<{ readonly region: RegionName; readonly key: KeyArn | "absent" }>
  readonly oldKey: readonly KeyAt[]
  /** Empty before it was made. */
  readonly newKey: readonly KeyAt[]
}

export async function readPosition(
  reader: AccountReader,
  scope: RotationScope,
  state: Pick<RotationState, "oldKey" | "newKey">,
): Promise<Position> {
  const regions = workloadRegions(scope.environment, scope.key)
  const alias = await Promise.all(
    regions.map(async (region) => ({
      region,
      key: (await found(reader, region, scope.key.alias))?.arn ?? ("absent" as const),
    })),
  )
  return {
    alias,
    oldKey: await everyPlace(reader, state.oldKey as KeyArn, []),
    newKey: state.newKey === undefined ? [] : await everyPlace(reader, state.newKey as KeyArn, regions),
  }
}

/** The key in the Regions where AWS has it and in those where it is wanted, the primary first. */
export async function everyPlace(
  reader: AccountReader,
  key: KeyArn,
  wanted: readonly RegionName[],
): Promise<readonly KeyAt[]> {
  const here = await found(reader, regionOf(key), key)
  const regions = new Set([...(here?.related ?? []).map(regionOf), regionOf(key), ...wanted])
  const places = await Promise.all(
    [...regions].map(async (region): Promise<KeyAt> => {
      const arn = relatedIn(region, key)
      const seen = region === regionOf(key) ? here : await found(reader, region, arn)
      return placeOf(region, arn, seen)
    }),
  )
  return places.sort((a, b) => Number(b.type === "PRIMARY") - Number(a.type === "PRIMARY"))
}

const placeOf = (region: RegionName, arn: KeyArn, seen: DescribedKey | undefined): KeyAt => ({
  region,
  arn,
  state: seen?.state ?? "absent",
  ...(seen?.multiRegionType === undefined ? {} : { type: seen.multiRegionType as "PRIMARY" | "REPLICA" }),
  ...(seen?.deletionAt === undefined ? {} : { deletionAt: seen.deletionAt }),
})

/** Undefined when AWS says that there is none; silence and refusals are thrown, for they are not absence. */
export async function found(reader: AccountReader, region: RegionName, ref: string): Promise<DescribedKey | undefined> {
  return reader.describeKey(region, ref).catch((thrown: unknown) => {
    if (thrown instanceof DrError && thrown.code === "E_AWS_NOT_FOUND") return undefined
    throw thrown
  })
}

/** What comes next. 2 and 3 are one: the edits are shown together, and the process waits until they are made. */
export type NextStep = 1 | 2 | 4 | 5 | "over"

/** Pure: the dates say what was done, AWS says whether it still holds. */
export function nextStep(state: RotationState, position: Position): NextStep {
  if (isOver(state)) return "over"
  if (state.madeAt === undefined || !isWhole(position.newKey)) return 1
  if (state.shownAt === undefined) return 2
  if (state.provenAt === undefined || !aliasMoved(state, position)) return 4
  return 5
}

export const isWhole = (places: readonly KeyAt[]): boolean =>
  places.length > 0 && places.every(({ state }) => state === "Enabled")

/** In every Region. */
export const aliasMoved = ({ newKey }: Pick<RotationState, "newKey">, { alias }: Position): boolean =>
  newKey !== undefined && alias.every(({ region, key }) => key === relatedIn(region, newKey as KeyArn))
