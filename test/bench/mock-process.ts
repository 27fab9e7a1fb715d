import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import type { Counters, MockOptions } from "./mock-s3/options.ts"

const HERE = fileURLToPath(new URL(".", import.meta.url))

/** A TypeScript entry of the bench as one plain file: what is measured should not compile itself first. */
export async function compiled(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, `${entry.replaceAll("/", "-")}.mjs`)
  await build({
    entryPoints: [join(HERE, `${entry}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url)' },
    logLevel: "error",
  })
  return outfile
}

/** The mock S3 on a core of its own where `taskset` is there. */
export class MockS3 {
  readonly http: string
  readonly https: string
  /** Whom the clients must trust. */
  readonly certificate: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, ports: { http: number; tls: number }, certificate: string) {
    this.#child = child
    this.http = `http://127.0.0.1:${ports.http}`
    this.https = `https://127.0.0.1:${ports.tls}`
    this.certificate = certificate
  }

  static async start(folder: string): Promise<MockS3> {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")]
    const made = spawnSync(
      "openssl",
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`.split(
        " ",
      ),
    )
    if (made.status !== 0) throw new Error(`openssl made no certificate: ${String(made.stderr)}`)
    const pin = spawnSync("taskset", ["-V"]).status === 0 ? ["taskset", "-c", "1"] : []
    const server = await compiled("mock-s3/main", folder)
    const line = [...pin, process.execPath, server, key, cert]
    const child = spawn(line[0] ?? "", line.slice(1), { stdio: ["ignore", "inherit", "inherit", "ipc"] })
    const [ports] = (await once(child, "message")) as [{ http: number; tls: number }]
    return new MockS3(child, ports, cert)
  }

  async reset(options: MockOptions): Promise<void> {
    this.#child.send({ reset: options })
    await once(this.#child, "message")
  }

  async tell(): Promise<{ readonly counters: Counters; readonly copied: number }> {
    this.#child.send("tell")
    return ((await once(this.#child, "message")) as [{ counters: Counters; copied: number }])[0]
  }

  stop(): void {
    this.#child.kill()
  }
}
