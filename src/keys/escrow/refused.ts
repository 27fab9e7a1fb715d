import { DrError } from "../../kernel/errors.ts"
import { EXIT, type ExitCode } from "../../kernel/exit-codes.ts"

/** What is wrong with shares, before any call to AWS. Messages name the file and the custodian, never a byte of a share. */
export type EscrowCode =
  | "E_ESCROW_SHARE" // cannot be read, or is not what was written
  | "E_ESCROW_IDENTITY" // opens no share
  | "E_ESCROW_SET" // shares of several sets, or of another key
  | "E_ESCROW_DUPLICATE"
  | "E_ESCROW_QUORUM" // too few
  | "E_ESCROW_SPLIT" // no such m of n
  | "E_ESCROW_COMMITMENT" // the shares combine to something else
  | "E_ESCROW_MATERIAL" // the sealed material is not what was sealed
  | "E_ESCROW_EXISTS"
  | "E_ESCROW_UNFINISHED" // a set whose material is not everywhere yet
  | "E_ESCROW_KEY" // the key is not one that material can be brought to
  | "E_ESCROW_NOT_PROVEN" // all was done, and an old ciphertext does not open
  | "E_ESCROW_UNKNOWN" // no such key or set

export function refused(
  code: EscrowCode,
  message: string,
  { hints = [], exit = EXIT.failed, cause }: { hints?: readonly string[]; exit?: ExitCode; cause?: unknown } = {},
): DrError {
  return new DrError({ code, message, exit, hints, ...(cause === undefined ? {} : { cause }) })
}
