import { keyArn } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { MINUTE, type Millis } from "../../kernel/units.ts"
import type { AccountReader } from "../inventory-port.ts"
import type { KeyAdminPort } from "../ports.ts"
import type { KeyStep } from "./key-plan.ts"
import { compareKeyPolicy } from "../policy/compare-one.ts"

/** How one kind of step is checked, taken and read back. `isSo` changes nothing and is asked before and after. */
export interface StepWork {
  /** Is it as the step wants it? @throws DrError when it cannot become so */
  isSo(): Promise<boolean>
  act(): Promise<void>
  /** How long AWS may take until it shows. */
  readonly limit: Millis
  /** For people, when it did not show in time. */
  readonly waitingFor: string
  /** What is there now, where that is the way back. */
  was?(): Promise<string>
}

type Of<Kind extends KeyStep["kind"]> = Extract<KeyStep, { readonly kind: Kind }>

/** Documented as seconds, seen as ten minutes (hashicorp/terraform-provider-aws#49915). */
const REPLICA: Millis = 20 * MINUTE
/** KMS is eventually consistent; most changes show at once. */
const CHANGE: Millis = 2 * MINUTE

interface Hands {
  readonly reader: AccountReader
  /** Opened only when there is something to change. */
  readonly admin: () => Promise<KeyAdminPort>
}

/** Every step but the making of a key, which knows no name yet: make-key.ts. */
export function workOf(step: Exclude<KeyStep, Of<"create-key">>, keyId: string, hands: Hands): StepWork {
  const arn = step.arn ?? keyArn(step.region, step.account, keyId)
  switch (step.kind) {
    case "replicate-key":
      return replicating(step, arn, keyId, hands)
    case "create-alias":
      return aliasing(step, arn, hands)
    case "put-policy":
      return {
        ...read(hands, step, (reader) => reader.keyPolicy(step.region, arn).then((live) => isCurrent(step, live))),
        act: async () => (await hands.admin()).putPolicy(arn, step.policy),
        was: () => hands.reader.keyPolicy(step.region, arn),
      }
    case "tag-key":
      return {
        ...read(hands, step, async (reader) => includes(await reader.keyTags(step.region, arn), step.tags)),
        act: async () => (await hands.admin()).tag(arn, step.tags),
      }
    case "describe-key":
      return {
        ...read(
          hands,
          step,
          async (reader) => (await reader.describeKey(step.region, arn)).description === step.description,
        ),
        act: async () => (await hands.admin()).describe(arn, step.description),
        was: async () => (await hands.reader.describeKey(step.region, arn)).description,
      }
    case "enable-rotation":
      return {
        ...read(hands, step, async (reader) => {
          const rotation = await reader.rotation(step.region, arn)
          return rotation?.enabled === true && rotation.periodDays === step.periodDays
        }),
        act: async () => (await hands.admin()).enableRotation(arn, step.periodDays),
      }
    case "create-grant":
      return {
        ...read(hands, step, async (reader) =>
          (await reader.grants(step.region, arn)).some(
            (grant) =>
              grant.name === step.grant.name &&
              grant.grantee === step.grant.grantee &&
              [...grant.operations].sort().join() === [...step.grant.operations].sort().join(),
          ),
        ),
        act: async () => void (await (await hands.admin()).createGrant(arn, grantOf(step))),
      }
    case "revoke-grant":
      return {
        ...read(hands, step, async (reader) =>
          (await reader.grants(step.region, arn)).every(({ id }) => id !== step.grantId),
        ),
        act: async () => (await hands.admin()).revokeGrant(arn, step.grantId),
      }
  }
}

const read = (hands: Hands, step: KeyStep, ask: (reader: AccountReader) => Promise<boolean>) => ({
  isSo: () => ask(hands.reader),
  limit: CHANGE,
  waitingFor: `${step.calls[0]} was answered, but reading it back does not show it`,
})

/** A replica that is there already, by whomever, is adopted if its policy is the planned one. */
function replicating(step: Of<"replicate-key">, arn: KeyArn, keyId: string, { reader, admin }: Hands): StepWork {
  let asked = false
  const state = (): Promise<string | undefined> =>
    reader.describeKey(step.region, arn).then(
      (key) => key.state,
      (thrown: unknown) => {
        if (thrown instanceof DrError && thrown.code === "E_AWS_NOT_FOUND") return undefined
        throw thrown
      },
    )
  return {
    async isSo() {
      const now = await state()
      if (now === undefined || now === "Creating") return false
      if (now.startsWith("Pending") && now !== "PendingImport") throw givenUp(arn, now)
      if (isCurrent(step, await reader.keyPolicy(step.region, arn))) return true
      // What this very call made may still show the policy of before; what somebody else made shows its own.
      if (asked) return false
      throw otherPolicy(arn)
    },
    async act() {
      if ((await state()) === "Creating") return
      asked = true
      const primary = keyArn(step.primary, step.account, keyId)
      try {
        await (
          await admin()
        ).replicateKey(primary, step.region, { description: step.description, policy: step.policy, tags: step.tags })
      } catch (thrown) {
        // It is there, or the answer was lost: both show when it is read back.
        if (!(thrown instanceof DrError) || !(thrown.code === "E_AWS_CONFLICT" || isUncertain(thrown))) throw thrown
      }
    },
    limit: REPLICA,
    waitingFor: `${arn} is still not there`,
  }
}

function aliasing({ region, alias }: Of<"create-alias">, arn: KeyArn, { reader, admin }: Hands): StepWork {
  return {
    async isSo() {
      const found = await reader.describeKey(region, alias).catch((thrown: unknown) => {
        if (thrown instanceof DrError && thrown.code === "E_AWS_NOT_FOUND") return undefined
        throw thrown
      })
      if (found === undefined) return false
      if (found.arn !== arn) throw elsewhere(alias, found.arn, arn)
      return true
    },
    async act() {
      try {
        await (await admin()).createAlias(region, alias, arn)
      } catch (thrown) {
        if (!(thrown instanceof DrError) || !(thrown.code === "E_AWS_CONFLICT" || isUncertain(thrown))) throw thrown
      }
    },
    limit: 5 * MINUTE,
    waitingFor: `${alias} does not lead to ${arn} in ${region}`,
  }
}

/** No answer, or a failure of the service: the call may have been done. */
export const isUncertain = ({ aws, code }: DrError): boolean =>
  code === "E_AWS_ANSWER" || (aws !== undefined && (aws.status === undefined || aws.status >= 500))

export const isCurrent = ({ account, region, policy }: PolicyOf, live: string): boolean =>
  compareKeyPolicy({ account, region, subject: "the step", document: JSON.parse(policy) as never }, live).state ===
  "current"

type PolicyOf = { readonly account: string; readonly region: KeyStep["region"]; readonly policy: string }

const includes = (tags: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => tags[name] === value)

const grantOf = ({ grant }: Of<"create-grant">) => ({
  name: grant.name,
  grantee: grant.grantee,
  operations: grant.operations,
})

const givenUp = (arn: KeyArn, state: string): DrError =>
  new DrError({
    code: "E_KEY_STATE",
    message: `${arn} is ${state}: a replica can only be made when it is gone`,
    hints: [`to keep it: aws kms cancel-key-deletion --key-id ${arn}`],
  })

const otherPolicy = (arn: KeyArn): DrError =>
  new DrError({
    code: "E_PLAN_STALE",
    exit: EXIT.checkSaysNo,
    message: `${arn} was made by somebody else meanwhile, with another policy`,
    hints: ["plan again: the policy becomes a step of its own"],
  })

const elsewhere = (alias: string, found: KeyArn, wanted: KeyArn): DrError =>
  new DrError({
    code: "E_ALIAS_ELSEWHERE",
    message: `${alias} leads to ${found} by now, not to ${wanted}: it was left there`,
    hints: ["dr keys plan again: it says which key is which"],
  })
