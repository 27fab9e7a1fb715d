import { DrError } from "../../kernel/errors.ts"

/** An inventory that cannot be trusted is not used at all. */
export const untrue = (key: string, why: string, cause?: unknown): DrError =>
  new DrError({
    code: "E_INVENTORY",
    message: `the inventory file ${key} cannot be used: ${why}`,
    hints: ["plan without an inventory: dr lists the bucket itself"],
    ...(cause === undefined ? {} : { cause }),
  })
