import { randomBytes } from "node:crypto"
import type { AccountId, RegionName } from "../../../src/kernel/brands.ts"
import { ServiceError, type Caller, type SandboxResponse } from "../../../src/sandbox/core/exchange.ts"
import { virtualClock } from "../../../src/sandbox/core/virtual-clock.ts"
import type { AccessQuestion, VirtualClock, World } from "../../../src/sandbox/core/world.ts"
import { kmsForServices } from "../../../src/sandbox/kms/for-services.ts"
import { createKms } from "../../../src/sandbox/kms/index.ts"
import { kmsStore, type KmsStore } from "../../../src/sandbox/kms/store.ts"

export const WORKLOAD = "111111111111" as AccountId
export const RECOVERY = "222222222222" as AccountId
export const REGION = "eu-central-1" as RegionName
export const WEST = "eu-west-1" as RegionName
const NOON = Date.parse("2026-11-24T12:00:00Z")

export const root = (account: AccountId): Caller => ({
  accessKeyId: "AKIAFAKE",
  account,
  arn: `arn:aws:iam::${account}:root`,
  userId: account,
  kind: "root",
})

export const user = (account: AccountId, name: string): Caller => ({
  ...root(account),
  arn: `arn:aws:iam::${account}:user/${name}`,
  kind: "user",
})

// oxlint-disable-next-line typescript/no-explicit-any -- whatever the service answered
type Json = Record<string, any>

export interface Asking {
  readonly by?: Caller
  readonly region?: RegionName
}

export interface RecordingWorld {
  readonly world: World
  readonly store: KmsStore
  /** Every question since the last call of `questions`. */
  readonly questions: () => AccessQuestion[]
  /** The answer, or `{ error, message }`. */
  readonly kms: (operation: string, input?: object, asking?: Asking) => Promise<Json>
}

/** KMS alone, on a frozen clock, with an authorizer that writes down what it is asked. */
export function recordingWorld(
  settings: Partial<World["settings"]> = {},
  allows: (question: AccessQuestion, clock: VirtualClock) => boolean = () => true,
): RecordingWorld {
  let asked: AccessQuestion[] = []
  const clock = virtualClock(() => NOON)
  const world: World = {
    clock,
    random: randomBytes,
    settings: { replicaDelayMs: 0, ...settings },
    accounts: new Map([WORKLOAD, RECOVERY].map((id) => [id, { id, name: id }])),
    kms: undefined as unknown as World["kms"],
    authorizer: {
      allows: (question) => allows(question, clock),
      authorize(question) {
        asked.push(question)
        if (!allows(question, clock)) throw new ServiceError("AccessDeniedException", `no ${question.action}`)
      },
    },
  }
  const store = kmsStore(world)
  Object.assign(world, { kms: kmsForServices(store) })
  const service = createKms(store)
  return {
    world,
    store,
    questions() {
      const since = asked
      asked = []
      return since
    },
    async kms(operation, input = {}, { by = root(WORKLOAD), region = REGION } = {}) {
      world.clock.now()
      const request = { method: "POST", rawPath: "/", query: [], headers: {}, trailers: {} }
      const body = Buffer.from(JSON.stringify(input))
      const call = { world, caller: by, region, requestId: `request-of-${operation}`, service: "kms" as const }
      try {
        const response = await service.handle({ ...call, request: { ...request, body } }, operation)
        return jsonOf(response)
      } catch (error) {
        if (error instanceof ServiceError) return { error: error.code, message: error.message }
        throw error
      }
    },
  }
}

const jsonOf = ({ body }: SandboxResponse): Json => (body.length === 0 ? {} : JSON.parse(body.toString()))
