import { generateKeyPairSync } from "node:crypto"
import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { signerOf, type Signer } from "./dsse.ts"

const FILE = "machine-ed25519.pem"

/**
 * The signing key of this machine in `folder`: a private Ed25519 key (0600) that is made at first use, once, also when two
 * processes begin together. It never leaves the folder.
 * @throws DrError E_MACHINE_KEY (75) when it cannot be made or read, or when others than its owner may read it
 */
export async function machineSigner(folder: string, random: (size: number) => Uint8Array): Promise<Signer> {
  const path = join(folder, FILE)
  const there = await existingSigner(folder)
  if (there !== undefined) return there
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeOnce(path, newKey(), join(folder, `.${FILE}.${Buffer.from(random(4)).toString("hex")}.tmp`))
  } catch (cause) {
    throw refused(path, messageOf(cause), cause)
  }
  const made = await existingSigner(folder)
  if (made === undefined) throw refused(path, "it is gone again")
  return made
}

/** The same, but undefined where none was made yet. */
export async function existingSigner(folder: string): Promise<Signer | undefined> {
  const path = join(folder, FILE)
  const pem = await privateText(path)
  if (pem === undefined) return undefined
  const signer = attempt(path, () => signerOf(pem))
  if (signer === undefined) throw refused(path, "it is no Ed25519 key")
  return signer
}

async function privateText(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) === 0) return await readFile(path, "utf8")
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw refused(path, messageOf(cause), cause)
  }
  throw refused(path, `others may read it: chmod 600 ${path}, or delete it to have a new one`)
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw refused(path, messageOf(cause), cause)
  }
}

function newKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString()
}

/** Appears whole or not at all; who comes second keeps what is there. */
async function writeOnce(path: string, content: string, temporary: string): Promise<void> {
  const file = await open(temporary, "wx", 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await link(temporary, path)
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error
    })
    .finally(() => rm(temporary, { force: true }))
}

function refused(path: string, why: string, cause?: unknown): DrError {
  return new DrError({
    code: "E_MACHINE_KEY",
    exit: EXIT.tryLater,
    message: `cannot use the signing key ${path}: ${why}`,
    hints: ["it signs the snapshots of this machine only; without it they are taken anew"],
    ...(cause === undefined ? {} : { cause }),
  })
}
