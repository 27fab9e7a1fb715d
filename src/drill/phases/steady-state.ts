import { parseArn } from "../../access/arn.ts"
import type { RegionName } from "../../kernel/brands.ts"
import type { DrillContext, KeysByName, Sessions } from "../context.ts"
import type { SeenKey } from "../../keys/ports.ts"
import type { FoundKeys, ScopedKey } from "../scope.ts"

type KeyRole = "primary" | "replica" | "recovery" | "recovery-replica"

/** Are the keys there, in the state and the Regions that dr.yaml promises? */
export async function steadyState(context: DrillContext, sessions: Sessions): Promise<KeysByName> {
  const found = new Map<string, FoundKeys>()
  const used = new Set(context.scope.datasets.map((dataset) => dataset.key))
  for (const key of context.scope.keys.filter((candidate) => used.has(candidate.name))) {
    found.set(key.name, await keysOf(context, sessions, key))
  }
  return found
}

async function keysOf(context: DrillContext, sessions: Sessions, key: ScopedKey): Promise<FoundKeys> {
  const { scope } = context
  const lossExpected = scope.definition.expect.source === "unreadable"
  const primary = await describe(context, sessions, "primary", key.alias, scope.primaryRegion, lossExpected)
  for (const region of key.replicas) {
    const arn = primary.related.find((candidate) => parseArn(candidate).region === region)
    context.expectEqual(
      "steady-state",
      `replica of ${key.alias} in ${region}`,
      "exists",
      arn === undefined ? "missing" : "exists",
    )
    if (arn !== undefined) await describe(context, sessions, "replica", arn, region, lossExpected)
  }
  await checkRotation(context, sessions, key, primary)

  const recovery = await describe(context, sessions, "recovery", key.recoveryAlias, scope.recoveryRegion, false)
  for (const region of key.recoveryRegions.filter((candidate) => candidate !== scope.recoveryRegion)) {
    const arn = recovery.related.find((candidate) => parseArn(candidate).region === region)
    context.expectEqual(
      "steady-state",
      `recovery key ${key.recoveryAlias} in ${region}`,
      "exists",
      arn === undefined ? "missing" : "exists",
    )
    // Its state is not asked: a drill must not depend on the Region it declares lost.
  }
  const replica = primary.related.find((arn) => parseArn(arn).region === scope.recoveryRegion)
  return {
    primary: primary.arn,
    ...(replica === undefined ? {} : { replica }),
    recovery: recovery.arn,
    workloadArns: [...new Set([primary.arn, ...primary.related])],
  }
}

async function describe(
  context: DrillContext,
  sessions: Sessions,
  role: KeyRole,
  ref: string,
  region: RegionName,
  anyState: boolean,
): Promise<SeenKey> {
  const ofRecovery = role === "recovery" || role === "recovery-replica"
  const session = ofRecovery ? sessions.recovery : sessions.workload
  const facts = await context.kms(session, region).describeKey(ref)
  context.deps.emit("key.described", { role, arn: facts.arn, state: facts.state, region, account: facts.account })
  const party = ofRecovery ? context.scope.recovery : context.scope.workload
  context.expectEqual("steady-state", `account of ${role} key ${ref}`, party.account, facts.account)
  if (anyState)
    context.check("steady-state", `state of ${role} key ${facts.arn}`, "ok", "any: its loss is the drill", facts.state)
  else context.expectEqual("steady-state", `state of ${role} key ${facts.arn}`, "Enabled", facts.state)
  return facts
}

/** A disabled key reports its rotation as it was set; what counts is that the policy's annual rotation is on. */
async function checkRotation(
  context: DrillContext,
  sessions: Sessions,
  key: ScopedKey,
  primary: SeenKey,
): Promise<void> {
  if (key.rotationDays === undefined || primary.state !== "Enabled") return
  const rotation = await context.kms(sessions.workload, context.scope.primaryRegion).rotation(primary.arn)
  const observed = rotation.enabled ? `every ${rotation.periodDays ?? 365} days` : "off"
  context.expectEqual("steady-state", `rotation of ${key.alias}`, `every ${key.rotationDays} days`, observed)
}
