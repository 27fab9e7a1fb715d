import { DrError } from "../../kernel/errors.ts"
import { display } from "../../kernel/display.ts"
import { EXIT, type ExitCode } from "../../kernel/exit-codes.ts"
import type { BucketFacts } from "../bucket-facts.ts"
import type { LookedKey, PlanPorts } from "./plan-ports.ts"
import type { End, Way } from "./way.ts"

/** What stands between a way and its restore. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly exit: ExitCode
}

export interface Looked {
  readonly key?: LookedKey
  readonly sourceKey?: LookedKey
  readonly source?: BucketFacts
  readonly destination?: BucketFacts
  /** Things that a person should know and that stop nothing. */
  readonly warnings: readonly string[]
  readonly problems: readonly Problem[]
}

/** Looks at both buckets and keys of a way, and asks S3 whether it knows the operation. Changes nothing. */
export async function lookAt(ports: PlanPorts, way: Way, probeKey: string): Promise<Looked> {
  const warnings: string[] = []
  const problems: Problem[] = []
  const tell = (problem: Problem): undefined => void problems.push(problem)
  const source = await bucketOf(ports, way.source).catch((thrown: unknown) =>
    tell(bucketProblem(ports, way.source, thrown)),
  )
  const inPlace = way.source.bucket === way.destination.bucket
  const destination = inPlace
    ? source
    : await bucketOf(ports, way.destination).catch((thrown: unknown) =>
        tell(bucketProblem(ports, way.destination, thrown)),
      )
  const key = await ports
    .keys(way.destination.region)
    .describeKey(way.key)
    .catch((thrown: unknown) => tell(keyProblem(way.key, thrown)))
  const sourceKey = await sourceKeyOf(ports, way, warnings)
  if (way.operation === "rekey" && key !== undefined && source !== undefined)
    problems.push(...(await probeRekey(ports, way, key, probeKey)))
  return {
    warnings,
    problems,
    ...(key === undefined ? {} : { key }),
    ...(sourceKey === undefined ? {} : { sourceKey }),
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
  }
}

const bucketOf = (ports: PlanPorts, { bucket, account, region }: End): Promise<BucketFacts> =>
  ports.buckets(region).look(bucket, account.id)

function bucketProblem({ principal }: PlanPorts, { bucket, account, region }: End, thrown: unknown): Problem {
  if (!(thrown instanceof DrError)) throw thrown
  const at = (message: string, hint: string, exit: ExitCode): Problem => ({ code: "E_BUCKET", message, hint, exit })
  switch (thrown.code) {
    case "E_AWS_NOT_FOUND":
      return at(`bucket ${bucket} does not exist in ${region}`, "look at the bucket's name in dr.yaml", EXIT.config)
    case "E_AWS_ACCESS_DENIED":
      return at(
        `bucket ${bucket} does not belong to account ${account.id}, or ${principal} lacks ${bucketRight(bucket)}`,
        "dr policy check shows what a role may do; dr policy render what it needs",
        EXIT.noPermission,
      )
    case "E_AWS_WRONG_REGION":
      return at(`bucket ${bucket} does not lie in ${region}`, "look at the Regions in dr.yaml", EXIT.config)
    default:
      throw thrown
  }
}

const bucketRight = (bucket: string): string => `s3:ListBucket on ${bucket}`

function keyProblem(key: string, thrown: unknown): Problem {
  if (!(thrown instanceof DrError)) throw thrown
  if (thrown.code === "E_AWS_NOT_FOUND")
    return {
      code: "E_NO_KEY",
      message: `there is no key ${display(key)}`,
      hint: "dr keys status shows the keys of the environment",
      exit: EXIT.config,
    }
  if (thrown.code !== "E_AWS_ACCESS_DENIED") throw thrown
  return {
    code: "E_AWS_ACCESS_DENIED",
    message: `kms:DescribeKey on ${display(key)} is denied: nobody knows whether it can be used`,
    hint: "dr policy render shows what the role needs",
    exit: EXIT.noPermission,
  }
}

/** The source's key tells only by name why nothing could be read; a role need not be able to look at it. */
async function sourceKeyOf(ports: PlanPorts, way: Way, warnings: string[]): Promise<LookedKey | undefined> {
  if (way.sourceKey === undefined) return undefined
  try {
    return await ports.keys(way.source.region).describeKey(way.sourceKey)
  } catch (thrown) {
    if (!(thrown instanceof DrError) || !LOOKED_IN_VAIN.has(thrown.code)) throw thrown
    warnings.push(`${way.name}: the source's key ${way.sourceKey} could not be looked at (${thrown.code})`)
    return undefined
  }
}

const LOOKED_IN_VAIN: ReadonlySet<string> = new Set(["E_AWS_ACCESS_DENIED", "E_AWS_NOT_FOUND"])

/** Not every S3 knows UpdateObjectEncryption: asked for an object that is not there, it says so and changes nothing. */
async function probeRekey(ports: PlanPorts, way: Way, key: LookedKey, probeKey: string): Promise<Problem[]> {
  const plane = await ports.plane(way.source.region)
  const object = { bucket: way.source.bucket, key: way.source.prefix + probeKey, owner: way.source.account.id }
  const outcome = await plane.rekey({ object, keyArn: key.arn, bucketKey: false })
  if (outcome.kind === "ok" || outcome.error.class === "not-found") return []
  const { code, message, class: kind } = outcome.error
  if (kind === "access-denied")
    return [
      {
        code: "E_AWS_ACCESS_DENIED",
        message: `s3:UpdateObjectEncryption in ${way.source.bucket} is denied to ${ports.principal}: ${message}`,
        hint: "dr policy render shows what the role needs",
        exit: EXIT.noPermission,
      },
    ]
  return [
    {
      code: "E_REKEY_UNSUPPORTED",
      message: `${way.source.bucket} cannot be re-keyed in place: s3:UpdateObjectEncryption answered ${code}: ${message}`,
      hint: "--fresh-data-keys copies instead",
      exit: EXIT.checkSaysNo,
    },
  ]
}
