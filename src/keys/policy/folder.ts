import { parseArn } from "../../access/arn.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { RenderedPolicy } from "./rendered.ts"

interface Entry {
  readonly path: string
  readonly content: string
}

const FULL_ACCESS = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }

/** The rendered policies as files that `--policies DIR` reads again: docs/policies-folder.md. */
export function policyFiles(environment: ResolvedEnvironment, rendered: readonly RenderedPolicy[]): Entry[] {
  const levels = new Set(rendered.filter(({ kind }) => kind === "scp").map(({ subject }) => subject))
  return [
    { path: "accounts.json", content: text(accountsOf(environment, rendered)) },
    // A level with policies and without an Allow denies everything; AWS attaches this one by itself.
    ...[...levels].map((account) => ({ path: `scps/${account}-FullAWSAccess.json`, content: text(FULL_ACCESS) })),
    ...rendered.map(({ path, document }) => ({ path, content: text(document) })),
  ]
}

const text = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`

function accountsOf(environment: ResolvedEnvironment, rendered: readonly RenderedPolicy[]): object {
  const { workload, recovery, organizationId } = environment
  const stem = (path: string, folder: string): string => path.slice(folder.length + 1, -".json".length)
  const of = (id: string, kind: string, nameOf: (policy: RenderedPolicy) => string): string[] => [
    ...new Set(rendered.filter((policy) => policy.kind === kind && policy.account === id).map(nameOf)),
  ]
  return {
    ...(organizationId === undefined ? {} : { organization: { id: organizationId } }),
    accounts: Object.fromEntries(
      [workload, recovery].map(({ id, name }) => [
        id,
        {
          name,
          keys: of(id, "key", ({ path }) => stem(path, "keys")),
          roles: [...new Set([...of(id, "trust", roleOf), ...of(id, "identity", roleOf)])],
          buckets: of(id, "bucket", ({ path }) => stem(path, "buckets")),
        },
      ]),
    ),
  }
}

/** With its path: `team/loki`. */
const roleOf = ({ subject }: RenderedPolicy): string => parseArn(subject).resource.slice("role/".length)
