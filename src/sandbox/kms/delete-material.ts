import { notFound, stateError, wrongOrigin } from "./errors.ts"
import { dropMaterial } from "./imported.ts"
import { optionalText, text } from "./input.ts"
import { keyFor, mustBeCustomers, type Handler } from "./kms-call.ts"

/** The current material unless one is named. At once, without a waiting period; other Regions keep their copies. */
export const deleteImportedKeyMaterial: Handler = (call) => {
  const wanted = optionalText(call.input, "KeyMaterialId")
  const key = keyFor(call, text(call.input, "KeyId"), "DeleteImportedKeyMaterial")
  mustBeCustomers(call, key, "DeleteImportedKeyMaterial")
  const { materials, origin, pendingMaterial } = key.group
  if (origin !== "EXTERNAL") throw wrongOrigin(key)
  if (key.state === "Creating" || key.state === "Updating") throw stateError(key)
  const id = wanted ?? materials.at(-1)?.id
  if (id === undefined) return { KeyId: key.arn }
  if (id !== pendingMaterial && !materials.some((each) => each.id === id))
    throw notFound(`Key material ${id} is not associated with ${key.arn}.`)
  dropMaterial(call.store, key, id)
  return { KeyId: key.arn, KeyMaterialId: id }
}
