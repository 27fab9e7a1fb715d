import { generateX25519Identity, identityToRecipient } from "age-encryption"
import { DrError } from "../../../src/kernel/errors.ts"
import { readIdentities, type AgeIdentity } from "../../../src/keys/escrow/age.ts"

export interface Custodian {
  readonly name: string
  /** As age-keygen writes it. */
  readonly identityFile: string
  readonly recipient: string
  readonly identity: AgeIdentity
}

export const NAMES = ["alice", "bob", "carol", "dave", "erin"] as const

export async function makeCustodians(count: number = NAMES.length): Promise<Custodian[]> {
  return Promise.all(
    NAMES.slice(0, count).map(async (name) => {
      const secret = await generateX25519Identity()
      const recipient = await identityToRecipient(secret)
      const identityFile = `# public key: ${recipient}\n${secret}\n`
      const [identity] = (await readIdentities(Buffer.from(identityFile))) ?? []
      return { name, identityFile, recipient, identity: identity as AgeIdentity }
    }),
  )
}

export const recipientsOf = (custodians: readonly Custodian[]): Record<string, string> =>
  Object.fromEntries(custodians.map(({ name, recipient }) => [name, recipient]))

/** The code of the DrError that it throws; undefined when it throws nothing. Other errors are thrown on. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (thrown: unknown) => {
      if (thrown instanceof DrError) return thrown.code
      throw thrown
    },
  )
}
