import { CancelKeyDeletionCommand, DecryptCommand, EnableKeyCommand, PutKeyPolicyCommand } from "@aws-sdk/client-kms"
import { GetObjectCommand } from "@aws-sdk/client-s3"
import { expect } from "vitest"
import { PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import type { Actor } from "./incident-actor.ts"
import type { IncidentEstate } from "./incident-estate.ts"
import { bringMaterial, BODY, OBJECT, renderedPolicy } from "./incident-set-up.ts"
import type { Side } from "./incident-world.ts"

/** What happens to the key of a side, and what people then do about it. */
export type Deed = (estate: IncidentEstate, side: Side) => Promise<unknown>

/** The first of the account's people whom AWS lets. */
export async function somebody(
  estate: IncidentEstate,
  side: Side,
  call: (actor: Actor) => Promise<unknown>,
): Promise<Actor> {
  const refused: string[] = []
  for (const actor of await estate.keepers(side)) {
    const why = await failureOf(call(actor))
    if (why === undefined) return actor
    refused.push(`${actor.name}: ${why}`)
  }
  throw new Error(`nobody may: ${refused.join("; ")}`)
}

/** AWS refuses each of them, for this reason. */
export async function nobody(
  estate: IncidentEstate,
  side: Side,
  calls: ReadonlyArray<keyof ReturnType<typeof callsOf>>,
  why = /AccessDenied/,
): Promise<void> {
  for (const actor of await estate.keepers(side))
    for (const name of calls)
      expect(await failureOf(callsOf(estate, side)[name](actor)), `${name} by ${actor.name}`).toMatch(why)
}

/** The calls of the ladders, at home. */
export const callsOf = (estate: IncidentEstate, side: Side) => {
  const { KeyId, region } = estate.home(side)
  return {
    enable: (actor: Actor) => actor.kms(region).send(new EnableKeyCommand({ KeyId })),
    cancel: (actor: Actor) => actor.kms(region).send(new CancelKeyDeletionCommand({ KeyId })),
    mend: (actor: Actor) =>
      actor.kms(region).send(new PutKeyPolicyCommand({ KeyId, Policy: renderedPolicy(estate, side) })),
    bring: (actor: Actor) => bringMaterial(estate, actor, { KeyId, region }),
  }
}

export const failureOf = (made: Promise<unknown>): Promise<string | undefined> =>
  made.then(
    () => undefined,
    (thrown: Error) => `${thrown.name}: ${thrown.message}`,
  )

/** The service its objects, the recovery role its copies; or the user its ciphertext. */
export async function readsAtHome(estate: IncidentEstate, side: Side): Promise<void> {
  const [dataset] = estate.environment.datasets
  if (dataset === undefined) return decrypts(estate, estate.home(side).region)
  if (side === "workload") return reads(estate, await estate.service(), PRIMARY, dataset.bucket)
  return reads(estate, await estate.recoveryRole(), RECOVERY, dataset.recoveryBucket)
}

/** A Region without an answer keeps its callers waiting: here no longer than this. */
const PATIENCE_MS = 250
const patience = ({ lost }: IncidentEstate, region: string) =>
  lost === region ? { abortSignal: AbortSignal.timeout(PATIENCE_MS) } : {}

export async function reads(estate: IncidentEstate, actor: Actor, region: string, Bucket = ""): Promise<void> {
  const command = new GetObjectCommand({ Bucket, Key: OBJECT })
  const { Body } = await actor.s3(region).send(command, patience(estate, region))
  expect(await Body?.transformToString()).toBe(BODY)
}

export async function decrypts(estate: IncidentEstate, region: string): Promise<void> {
  const actor = await estate.service()
  const { KeyId } = region === PRIMARY ? estate.home("workload") : estate.elsewhere("workload")
  const command = new DecryptCommand({ CiphertextBlob: estate.ciphertext, KeyId })
  const { Plaintext } = await actor.kms(region).send(command, patience(estate, region))
  expect(Buffer.from(Plaintext ?? []).toString()).toBe(BODY)
}
