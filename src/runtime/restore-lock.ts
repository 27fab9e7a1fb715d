import { sha256Hex } from "../kernel/digest.ts"
import { display } from "../kernel/display.ts"
import type { Place } from "../restore/objects.ts"
import { acquireLock } from "./lock.ts"
import type { StateFolder } from "./state-folder.ts"

/**
 * One run at a time on this machine for each of these destinations. Resolves to the release of all.
 * @throws DrError E_LOCKED (75) that names the run and the process that hold one; then none is held
 */
export async function lockDestinations(
  state: StateFolder,
  destinations: readonly Pick<Place, "bucket" | "prefix">[],
  run: string,
): Promise<() => Promise<void>> {
  const folder = await state.folder("locks")
  const uris = [...new Set(destinations.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`))].toSorted() // or two runs could wait for each other
  const releases: (() => Promise<void>)[] = []
  const release = async (): Promise<void> => {
    for (const one of releases.splice(0)) await one()
  }
  try {
    for (const uri of uris)
      releases.push(await acquireLock(`${folder}/restore-${sha256Hex(uri).slice(0, 16)}.lock`, run, display(uri)))
  } catch (error) {
    await release()
    throw error
  }
  return release
}
