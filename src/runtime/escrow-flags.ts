import { Args, Flags } from "@oclif/core"

/**
 * KEY of the commands about one key. Without `ignoreStdin` oclif would take what stands on stdin for a forgotten argument:
 * an identity, which the message would then quote.
 */
export const escrowKeyArg = {
  KEY: Args.string({
    description: "name or alias of a key with origin: EXTERNAL in dr.yaml",
    required: true,
    ignoreStdin: true,
  }),
}

export const identityFlag = {
  identity: Flags.string({
    description: "age identity of a custodian: a file with mode 0600, or - for stdin (default: asked at the terminal)",
    multiple: true,
    helpValue: "FILE",
  }),
}

export const shareFlag = {
  share: Flags.string({
    description: "a share as its custodian was given it; once for each",
    multiple: true,
    helpValue: "FILE",
  }),
}
