import { MINUTE } from "../../kernel/units.ts"
import { ServiceError } from "../core/exchange.ts"
import { invalidState, notPrimary, stateError, unsupported } from "./errors.ts"
import { text } from "./input.ts"
import { isPrimary, type KmsKey } from "./key.ts"
import { keyFor, mustBeCustomers, type Handler, type KmsCall } from "./kms-call.ts"
import { newMaterial } from "./material.ts"
import { pendingState } from "./pending-material.ts"
import type { KmsStore } from "./store.ts"

/** Source: SDK kms RotateKeyOnDemand. */
const MOST_ROTATIONS = 25
const BEFORE_AUTOMATIC = 20 * MINUTE

/** At once, and without moving the automatic schedule. Imported keys rotate to the material that waits for it. */
export const rotateKeyOnDemand: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "RotateKeyOnDemand")
  mustRotateNow(call, key)
  const { group } = key
  const rotation = { at: call.store.world.clock.now(), type: "ON_DEMAND" } as const
  if (group.origin === "EXTERNAL") group.materials.push({ id: takePending(call.store, key), rotation })
  else group.materials.push(newMaterial(call.store, group, rotation))
  group.onDemandRotations++
  return { KeyId: key.arn }
}

function mustRotateNow(call: KmsCall, key: KmsKey): void {
  mustBeCustomers(call, key, "RotateKeyOnDemand")
  const { spec, rotation, onDemandRotations } = key.group
  if (spec !== "SYMMETRIC_DEFAULT") throw unsupported("")
  if (!isPrimary(key)) throw notPrimary(key)
  if (key.state !== "Enabled") throw stateError(key)
  if (onDemandRotations >= MOST_ROTATIONS) {
    throw new ServiceError(
      "LimitExceededException",
      `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${key.arn}`,
    )
  }
  const { enabled, nextAt } = rotation
  if (enabled && nextAt !== undefined && nextAt - call.store.world.clock.now() <= BEFORE_AUTOMATIC) {
    const due = new Date(nextAt).toISOString()
    throw new ServiceError("ConflictException", `An automatic rotation of ${key.arn} is due at ${due}.`)
  }
}

/** Every Region must have the new material before any encrypts under it. */
function takePending(store: KmsStore, key: KmsKey): string {
  const id = key.group.pendingMaterial
  if (id === undefined || pendingState(store, key.group, id) !== "PENDING_ROTATION")
    throw invalidState(`No available key material pending rotation for the key: ${key.arn}.`)
  delete key.group.pendingMaterial
  return id
}
