import { rmSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle.ts"
import { thirdPartyText } from "./third-party.ts"

/**
 * `npm run build`: all that is generated, in one go and from nothing, so that nothing stale can win over the code: the bundle, the
 * licences of what is in it, oclif's manifest (the one command that was asked for is loaded, not all) and the help pages.
 */
const root = fileURLToPath(new URL("../..", import.meta.url))
for (const made of ["dist", "oclif.manifest.json"]) rmSync(`${root}/${made}`, { recursive: true, force: true })
const metafile = await bundle(root)
writeFileSync(`${root}/dist/THIRD-PARTY.txt`, thirdPartyText(root, metafile))
// Only now: both load what was just built, and the width of the pages is settled when oclif is loaded.
const { writeManifest, writeHelpPages } = await import("./oclif-files.ts")
await writeManifest(root)
await writeHelpPages(root)
