import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { compiled, MockS3 } from "./mock-process.ts"

const DELAY_MS = 50
const LISTERS = "32"

/** `npm run bench listing [keys]`: flat keys, 50 ms per page, 32 listers; 10 M unless told. Goals: 25 s, 6 % extra pages. */
export async function listingBench([keys = "10000000"]: readonly string[] = []): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dr-bench-listing-"))
  const mock = await MockS3.start(folder)
  try {
    await mock.reset({ keys: Number(keys), delayMs: DELAY_MS })
    const client = await compiled("clients/listing", folder)
    const started = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, [client, mock.http, keys, LISTERS])
    const seconds = (performance.now() - started) / 1000
    if (status !== 0) throw new Error(`the listing is not right: ${String(stdout)}${String(stderr)}`)
    const extra = (await mock.tell()).counters.lists / Math.ceil(Number(keys) / 1000) - 1
    process.stdout.write(
      `${keys} flat keys, ${DELAY_MS} ms per page, ${LISTERS} listers: ${seconds.toFixed(1)} s, ${(extra * 100).toFixed(1)} % extra pages, load ${loadavg()[0]?.toFixed(2)}\n  ${String(stdout)}`,
    )
  } finally {
    mock.stop()
    rmSync(folder, { recursive: true })
  }
}
