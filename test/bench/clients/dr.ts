import { spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { benchEstate } from "../estate.ts"
import type { Client } from "../peers.ts"

export const MAIN = fileURLToPath(new URL("../../../dist/src/main.js", import.meta.url))
export const IDENTITY = {
  AWS_ACCESS_KEY_ID: "ASIA111111111111BENCH",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_REGION: "eu-west-1",
}

/** The command as it is installed: fence, journal, evidence, reconciling listing and sample are on. */
export class RealDr {
  readonly folder: string
  readonly #inFlight: number

  constructor(folder: string, inFlight: number) {
    this.folder = folder
    this.#inFlight = inFlight
    mkdirSync(folder, { recursive: true })
  }

  /** Plans what `run` works off in each round; not measured. @throws Error with what it wrote */
  plan(endpoint: string, certificate: string): void {
    writeFileSync(join(this.folder, "dr.yaml"), benchEstate(endpoint))
    const { status, stderr } = spawnSync("bash", ["-c", this.#plan("plan.json")], {
      env: { PATH: process.env["PATH"], HOME: this.folder, ...IDENTITY, NODE_EXTRA_CA_CERTS: certificate },
    })
    if (status !== 0) throw new Error(`dr restore plan: exit ${status}\n${String(stderr)}`)
  }

  get run(): Client {
    return { name: "dr restore run", command: () => this.#run("plan.json") }
  }

  get planAndRun(): Client {
    return {
      name: "dr plan + run",
      command: () => `rm -f ${this.folder}/again.json; ${this.#plan("again.json")} && ${this.#run("again.json")}`,
    }
  }

  #plan(file: string): string {
    return `cd ${this.folder} && ${process.execPath} ${MAIN} restore plan -e bench --from logs --to s3://dst/data/ --out ${file} --max-inflight ${this.#inFlight}`
  }

  #run(file: string): string {
    return `cd ${this.folder} && ${process.execPath} ${MAIN} restore run ${file} -e bench --yes --max-inflight ${this.#inFlight}`
  }
}
