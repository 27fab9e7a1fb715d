import { createCipheriv } from "node:crypto"
import type { RunFiles } from "../ports.ts"

export const BALLAST_BYTES = 8 * 1024 * 1024
const NAME = "ballast"

/** Room that is given back when the disk is full, so that what is already under way can still be recorded. */
export async function layBallast(files: RunFiles, sizeBytes: number): Promise<void> {
  if ((await files.list()).includes(NAME)) {
    if ((await files.sizeOf(NAME)) === sizeBytes) return
    await files.remove(NAME) // a crash cut it
  }
  const file = files.create(NAME)
  try {
    file.append(incompressible(sizeBytes))
    await file.sync()
  } finally {
    file.close()
  }
}

/** False when there is none to drop. */
export async function dropBallast(files: RunFiles): Promise<boolean> {
  if (!(await files.list()).includes(NAME)) return false
  await files.remove(NAME)
  return true
}

/** Zeros would take no room on a file system that compresses. */
function incompressible(sizeBytes: number): Buffer {
  return createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(sizeBytes))
}
