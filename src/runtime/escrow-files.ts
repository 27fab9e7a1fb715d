import { constants } from "node:fs"
import { mkdir, open, readFile } from "node:fs/promises"
import { display } from "../kernel/display.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { readIdentities, type AgeIdentity } from "../keys/escrow/age.ts"
import type { ShareFolder } from "../keys/escrow/deps.ts"
import type { ShareFile } from "../keys/escrow/open-share.ts"
import { wipe } from "../keys/escrow/secret-bytes.ts"
import { hiddenLine, mayAskHidden } from "./hidden-line.ts"
import { readInput } from "./input-text.ts"
import { writeAtomic } from "./state-folder.ts"

/** Encrypted, so no secret: read as text. @throws DrError E_READ (1), E_INPUT (78) */
export async function readShareFiles(paths: readonly string[], signal: AbortSignal): Promise<ShareFile[]> {
  const files: ShareFile[] = []
  for (const from of paths) files.push({ from, text: await readInput(from, signal) })
  return files
}

/** Shares are put there; the folder is made when it is missing. */
export async function shareFolder(path: string): Promise<ShareFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new DrError({
      code: "E_WRITE",
      message: `cannot use ${display(path)} for shares: ${messageOf(cause)}`,
      hints: ["--out DIR, of a folder that can be written"],
      cause,
    })
  })
  return {
    path,
    write: (name, text) => writeAtomic(`${path}/${name}`, text),
    read: (name) => readFile(`${path}/${name}`, "utf8"),
  }
}

export interface IdentityAsk {
  /** Paths; `-` is stdin. */
  readonly identities: readonly string[]
  /** Whose share is to be opened, for the questions. */
  readonly shares: readonly string[]
  readonly silent: boolean
  readonly signal: AbortSignal
  /** Codes of second factors come from stdin as well. */
  readonly codesFromStdin: boolean
}

/**
 * Identities from files that only their owner may read, from stdin, or typed without an echo. They are bytes all the way.
 * @throws DrError E_USAGE (64), E_ESCROW_IDENTITY (1)
 */
export async function gatherIdentities(ask: IdentityAsk): Promise<AgeIdentity[]> {
  const { identities, shares, silent, signal } = ask
  if (identities.filter((path) => path === "-").length > 1)
    throw usage("stdin can be read once: --identity - only once")
  if (identities.includes("-") && ask.codesFromStdin && !process.stdin.isTTY)
    throw usage("stdin cannot hold an identity and the code of a second factor: --identity FILE, or run at a terminal")
  const found: AgeIdentity[] = []
  for (const path of identities) found.push(...(await identitiesFrom(path, signal)))
  if (found.length > 0) return found
  if (!mayAskHidden(silent)) throw usage("no identity: --identity FILE for each custodian, or - for stdin")
  for (const share of shares) {
    const line = await hiddenLine(`Identity that opens ${display(share)} (AGE-SECRET-KEY-…, not shown): `, signal)
    found.push(...(await parsed(line, "what was typed")))
  }
  return found
}

async function identitiesFrom(path: string, signal: AbortSignal): Promise<AgeIdentity[]> {
  if (path !== "-") return parsed(await secretFile(path), display(path))
  if (process.stdin.isTTY)
    return parsed(await hiddenLine("Identity (AGE-SECRET-KEY-…, not shown): ", signal), "what was typed")
  return parsed(await stdinBytes(signal), "standard input")
}

/** Wipes `bytes`. */
async function parsed(bytes: Uint8Array, from: string): Promise<AgeIdentity[]> {
  try {
    const identities = await readIdentities(bytes)
    if (identities !== undefined && identities.length > 0) return identities
    throw identityError(`${from} holds no age identity`, [
      "a file of age-keygen, with lines AGE-SECRET-KEY-1…; those of plug-ins and passphrases cannot be used",
    ])
  } finally {
    wipe(bytes)
  }
}

const LARGEST = 64 * 1024

/** @throws DrError E_ESCROW_IDENTITY for a file that others may read: whoever reads it holds the share */
async function secretFile(path: string): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY).catch((cause: unknown) => {
    throw identityError(`cannot read ${display(path)}: ${messageOf(cause)}`, [])
  })
  try {
    const found = await file.stat()
    if (!found.isFile()) throw identityError(`${display(path)} is not a regular file`, [])
    if ((found.mode & 0o077) !== 0)
      throw identityError(`${display(path)} may be read by others (mode ${(found.mode & 0o777).toString(8)})`, [
        `chmod 600 ${display(path)}`,
      ])
    if (found.size > LARGEST) throw identityError(`${display(path)} is larger than ${LARGEST} bytes`, [])
    const bytes = new Uint8Array(found.size)
    await file.read(bytes, 0, bytes.length, 0)
    return bytes
  } finally {
    await file.close()
  }
}

async function stdinBytes(signal: AbortSignal): Promise<Uint8Array> {
  const all = new Uint8Array(LARGEST)
  let size = 0
  const stop = (): void => void process.stdin.destroy()
  signal.addEventListener("abort", stop, { once: true })
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      if (size + chunk.length > LARGEST) throw identityError(`standard input is larger than ${LARGEST} bytes`, [])
      all.set(chunk, size)
      size += chunk.length
      wipe(chunk)
    }
    signal.throwIfAborted()
    return all.slice(0, size)
  } finally {
    signal.removeEventListener("abort", stop)
    wipe(all)
  }
}

const identityError = (message: string, hints: readonly string[]): DrError =>
  new DrError({ code: "E_ESCROW_IDENTITY", message, hints })

const usage = (message: string): DrError => new DrError({ code: "E_USAGE", exit: EXIT.usage, message })
