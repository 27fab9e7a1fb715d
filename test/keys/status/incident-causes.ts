import {
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms"
import {
  AttachPolicyCommand,
  CreatePolicyCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations"
import { DAY } from "../../../src/kernel/units.ts"
import { bypass, lockedPolicy, openPolicy } from "./incident-set-up.ts"
import { failureOf, somebody, type Deed } from "./incident-people.ts"
import { MANAGEMENT } from "./incident-world.ts"

export const disable: Deed = (estate, side) => {
  const { KeyId, region } = estate.home(side)
  return somebody(estate, side, (actor) => actor.kms(region).send(new DisableKeyCommand({ KeyId })))
}

export const scheduleDeletion: Deed = (estate, side) => {
  const command = new ScheduleKeyDeletionCommand({ KeyId: estate.home(side).KeyId, PendingWindowInDays: 30 })
  return somebody(estate, side, (actor) => actor.kms(estate.home(side).region).send(command))
}

/** In every Region, the replica first: AWS deletes no primary before it. */
export const deleteEverywhere: Deed = async (estate, side) => {
  for (const { KeyId, region } of [estate.elsewhere(side), estate.home(side)]) {
    const there = await failureOf(estate.admin(side).kms(region).send(new DescribeKeyCommand({ KeyId })))
    const command = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 30 })
    if (there === undefined) await somebody(estate, side, (actor) => actor.kms(region).send(command))
  }
  estate.sandbox.clock.advance(61 * DAY)
}

export const deleteMaterial: Deed = (estate, side) => {
  const { KeyId, region } = estate.home(side)
  return somebody(estate, side, (actor) => actor.kms(region).send(new DeleteImportedKeyMaterialCommand({ KeyId })))
}

export const letMaterialExpire: Deed = async ({ sandbox }) => sandbox.clock.advance(31 * DAY)

/** An intruder who got behind the glass takes away the guards first, then everybody's rights. */
export const lockOut: Deed = async (estate, side) => {
  const { KeyId, region } = estate.home(side)
  const open = new PutKeyPolicyCommand({ KeyId, Policy: openPolicy(estate, side) })
  await somebody(estate, side, (actor) => actor.kms(region).send(open))
  const locked = new PutKeyPolicyCommand({ KeyId, Policy: lockedPolicy(estate, side), ...bypass })
  await estate.admin(side).kms(region).send(locked)
}

/** No answer from the Region, to anybody. */
export const loseRegion: Deed = async (estate, side) => {
  estate.lost = estate.home(side).region
  estate.sandbox.faults.add({ kind: "black-hole", region: estate.home(side).region })
}

/** Whoever holds the account is cut off from everything, and so are we. */
export const loseAccount: Deed = async ({ sandbox, environment }, side) => {
  const organizations = new OrganizationsClient({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials: sandbox.credentialsFor(MANAGEMENT),
    ignoreConfiguredEndpointUrls: true,
  })
  const Type = "SERVICE_CONTROL_POLICY"
  const { Roots = [] } = await organizations.send(new ListRootsCommand({}))
  const enabled = await failureOf(
    organizations.send(new EnablePolicyTypeCommand({ RootId: Roots[0]?.Id, PolicyType: Type })),
  )
  if (enabled !== undefined && !enabled.includes("AlreadyEnabled")) throw new Error(enabled)
  const Content = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] })
  const TargetId = environment[side].id
  const Name = `quarantine-${TargetId}`
  const { Policy } = await organizations.send(new CreatePolicyCommand({ Name, Description: Name, Type, Content }))
  await organizations.send(new AttachPolicyCommand({ PolicyId: Policy?.PolicySummary?.Id, TargetId }))
}
