import { forEachBounded } from "../../kernel/concurrency.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import type { CallError, CallErrorClass, DataPlane, ObjectHead, Outcome, VersionRef } from "../data-plane.ts"
import type { ListedObject, Place, Route } from "../objects.ts"
import { findingOf, isMute400, type Answered, type Scene } from "./inspect.ts"
import type { PlanDeps } from "./plan-ports.ts"
import type { Stratum } from "./sample.ts"

const AT_ONCE = 32
const TIMES = 6

const SEND_AGAIN: ReadonlySet<CallErrorClass> = new Set([
  "throttled",
  "kms-throttled",
  "transient",
  "broken",
  "expired-token",
])

/**
 * HEAD of every drawn object. A listing tells neither encryption nor lock.
 * @throws DrError E_INSPECT (77 without the right, 75 when S3 does not answer, else 1)
 */
export async function inspectSample(
  deps: PlanDeps,
  plane: DataPlane,
  place: Place,
  strata: readonly Stratum[],
  scene: Omit<Scene, "now">,
  name: string,
): Promise<Answered[]> {
  const drawn = strata.flatMap((stratum) => stratum.drawn.map((each) => ({ stratum, ...each })))
  const judged = { ...scene, now: deps.clock.now() }
  const alive = once(() => sessionLives(plane, place))
  const answers: Answered[] = []
  await forEachBounded(
    drawn,
    AT_ONCE,
    async ({ stratum, object, route }) => {
      const head = await headOf(deps, plane, place, object)
      if (head.kind === "error" && isMute400(head.error)) await alive()
      answers.push({ stratum, object, finding: mustBeFinding(head, object, route, judged) })
      deps.progress("inspecting", name, answers.length, drawn.length)
    },
    deps.signal,
  )
  return answers
}

function mustBeFinding(
  head: Outcome<ObjectHead>,
  object: ListedObject,
  route: Route["kind"],
  scene: Scene,
): Answered["finding"] {
  const finding = findingOf(head, route, scene)
  if ("notes" in finding) return finding
  throw refused(finding, `s3:HeadObject of ${JSON.stringify(object.key)}`)
}

async function headOf(
  deps: PlanDeps,
  plane: DataPlane,
  { bucket, owner, requestPayer }: Place,
  { key, versionId }: ListedObject,
): Promise<Outcome<ObjectHead>> {
  const ref: VersionRef = {
    bucket,
    key,
    owner,
    ...(versionId === undefined ? {} : { versionId }),
    ...(requestPayer === undefined ? {} : { requestPayer }),
  }
  for (let time = 1; ; time++) {
    const head = await plane.head(ref)
    const again = head.kind === "error" && SEND_AGAIN.has(head.error.class)
    const mute = head.kind === "error" && isMute400(head.error) && time > 1
    if (!again || mute || time >= TIMES) return head
    await deps.clock.sleep(pause(time, deps.random()), deps.signal)
  }
}

const pause = (time: number, spread: number): Millis => Math.min(5 * SECOND, 100 * 2 ** time) * (0.5 + spread)

/** A 400 without a reason comes of SSE-C and of a dead session: a listing has a body and tells which. */
async function sessionLives(plane: DataPlane, { bucket, owner, prefix, requestPayer }: Place): Promise<void> {
  const page = await plane.listPage({
    bucket,
    owner,
    prefix,
    limit: 1,
    ...(requestPayer === undefined ? {} : { requestPayer }),
  })
  if (page.kind === "error") throw refused(page.error, "s3:ListObjectsV2")
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

function refused({ class: kind, code, message, facts }: CallError, what: string): DrError {
  const denied = kind === "access-denied" || kind === "credentials" || kind === "expired-token"
  const exit = denied ? EXIT.noPermission : SEND_AGAIN.has(kind) ? EXIT.tryLater : EXIT.failed
  return new DrError({
    code: "E_INSPECT",
    exit,
    message: `${what} failed: ${code}: ${message}`,
    hints: denied
      ? ["it needs s3:GetObject, s3:GetObjectVersion and kms:Decrypt: dr policy render shows the role's policy"]
      : [],
    aws: facts,
  })
}
