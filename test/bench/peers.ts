import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"

/** How a client copies `src/data/` to `dst/data/` under another key. */
export interface Client {
  readonly name: string
  /** A shell command line; undefined = it cannot do this case. */
  readonly command: (endpoint: string) => string
  readonly env?: Readonly<Record<string, string>>
  /** Requests that it makes for each object beside the copy. */
  readonly headsPerObject?: number
}

const KEY = "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-4333-8444-555555555555"
const SSE = `--sse aws:kms --sse-kms-key-id ${KEY}`
const there = (binary: string): boolean => spawnSync("which", [binary]).status === 0

/** Those that the machine has; the others by name, to be told aloud. */
export function debianPeers(
  folder: string,
  certificate: string,
): { readonly peers: Client[]; readonly absent: string[] } {
  writeFileSync(
    join(folder, "s3cfg"),
    "[default]\naccess_key = ASIA111111111111BENCH\nsecret_key = bench\nbucket_location = eu-west-1\n",
  )
  const host = (endpoint: string): string => endpoint.replace(/^https?:\/\//, "")
  const tls = (endpoint: string): boolean => endpoint.startsWith("https")
  const known: ReadonlyArray<Client & { readonly binary: string }> = [
    {
      name: "rclone, 64 transfers",
      binary: "/usr/bin/rclone",
      headsPerObject: 1,
      command: (endpoint) =>
        `/usr/bin/rclone copy --config /dev/null --transfers 64 --checkers 8 --ca-cert ${certificate} :s3:src/data :s3:dst/data --s3-provider Other --s3-endpoint ${endpoint} --s3-region eu-west-1 --s3-access-key-id ASIA111111111111BENCH --s3-secret-access-key bench --s3-server-side-encryption aws:kms --s3-sse-kms-key-id ${KEY} --s3-no-check-bucket`,
    },
    {
      name: "aws cli v2",
      binary: "/usr/bin/aws",
      command: (endpoint) =>
        `/usr/bin/aws s3 cp --recursive --only-show-errors --endpoint-url ${endpoint} ${SSE} s3://src/data s3://dst/data`,
    },
    {
      name: "s3cmd",
      binary: "/usr/bin/s3cmd",
      command: (endpoint) =>
        `/usr/bin/s3cmd -c ${folder}/s3cfg --host ${host(endpoint)} --host-bucket ${host(endpoint)} ${tls(endpoint) ? `--ca-certs ${certificate}` : "--no-ssl"} --recursive -q cp s3://src/data/ s3://dst/data/`,
    },
    {
      name: "s4cmd",
      binary: "/usr/bin/s4cmd",
      command: (endpoint) => `/usr/bin/s4cmd --endpoint-url ${endpoint} -r cp s3://src/data/ s3://dst/data/`,
    },
  ]
  return {
    peers: known.filter(({ binary }) => there(binary)),
    absent: known.filter(({ binary }) => !there(binary)).map(({ name }) => name),
  }
}
