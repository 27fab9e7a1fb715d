import type { AwsCredentials } from "../aws/clients.ts"
import { rehearsalPort } from "../aws/rehearsal-port.ts"
import type { Deps } from "../runtime/deps.ts"
import { writeAtomic } from "../runtime/state-folder.ts"
import type { RehearsalPort } from "./ports.ts"
import { createKeys, writeData, type DemoKeys } from "./set-up.ts"
import { ACCOUNTS, demoConfig } from "./world.ts"

/** The AWS that the demo's estate is set up in. */
export interface GivenAws {
  readonly endpoint: string
  readonly credentialsFor: (account: string) => AwsCredentials
}

export interface DemoEstate {
  readonly config: { readonly path: string; readonly text: string }
  readonly keys: DemoKeys
  readonly objects: number
  /** The workload account's administrator. */
  readonly workload: RehearsalPort
}

/** Writes the demo's dr.yaml into the state folder and fills an empty AWS with its keys, buckets and objects. The caller closes `workload`. */
export async function seedDemo(
  aws: GivenAws,
  deps: Pick<Deps, "clock" | "signal" | "state" | "events">,
): Promise<DemoEstate> {
  const { emit } = deps.events
  const config = { path: `${await deps.state.folder()}/dr.yaml`, text: demoConfig(aws.endpoint) }
  await writeAtomic(config.path, config.text, 0o644)
  // Thousands of set-up calls are no part of any run's story.
  const calls = { clock: deps.clock, emit: () => undefined, signal: deps.signal }
  const open = (account: string): RehearsalPort =>
    rehearsalPort(calls, aws.endpoint, account, aws.credentialsFor(account))
  const workload = open(ACCOUNTS.workload.id)
  const recovery = open(ACCOUNTS.recovery.id)
  try {
    emit("demo.step", { title: "creating a multi-Region key with its replica, and a recovery key in another account" })
    const keys = await createKeys({ workload, recovery })
    emit("demo.step", { title: "writing objects as Loki, Mimir, Tempo and Terraform do, and their recovery copies" })
    return { config, keys, objects: await writeData({ workload, recovery }, keys, deps.signal), workload }
  } catch (thrown) {
    workload.close()
    throw thrown
  } finally {
    recovery.close()
  }
}
