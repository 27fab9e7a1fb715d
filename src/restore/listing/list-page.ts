import { DrError } from "../../kernel/errors.ts"
import { EXIT, type ExitCode } from "../../kernel/exit-codes.ts"
import { display } from "../../kernel/display.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import type { CallError, CallErrorClass, DataPlane, ListedPage, Outcome } from "../data-plane.ts"
import type { Place } from "../objects.ts"
import type { RestoreDeps } from "../ports.ts"
import type { ListPosition } from "./ranges.ts"

/** One page behind a position. */
export type ListPage = (after: ListPosition | undefined) => Promise<Outcome<ListedPage>>

/** Pages of objects, or of all their versions. Versions are continued by key and version. */
export function pagesOf(plane: DataPlane, place: Place, of: "objects" | "versions"): ListPage {
  const { bucket, owner, prefix, requestPayer } = place
  const payer = requestPayer === undefined ? {} : { requestPayer }
  return (after) => {
    const request = { bucket, owner, prefix, ...payer, ...(after === undefined ? {} : { after: after.key }) }
    if (of === "objects") return plane.listPage(request)
    return plane.listVersionsPage({
      ...request,
      ...(after?.versionId === undefined ? {} : { afterVersion: after.versionId }),
    })
  }
}

const SEND_AGAIN: ReadonlySet<CallErrorClass> = new Set([
  "throttled",
  "kms-throttled",
  "transient",
  "broken",
  "expired-token",
])

const FIRST_WAIT: Millis = 200
const LONGEST_WAIT: Millis = 20 * SECOND

/**
 * Asks until there is a page: what may pass is asked again with jitter, up to the deadline for this one page.
 *
 * @throws DrError E_LISTING_INVALID at once, E_LISTING when AWS says no, E_LISTING_STALLED (exit 75) at the deadline
 */
export async function listUntilAnswered(
  deps: Pick<RestoreDeps, "clock" | "random" | "signal">,
  list: ListPage,
  after: ListPosition | undefined,
  deadlineMs: Millis,
  onRefused: () => void,
): Promise<ListedPage> {
  const start = deps.clock.mono()
  for (let wait = FIRST_WAIT; ;) {
    deps.signal.throwIfAborted()
    const outcome = await list(after)
    if (outcome.kind === "ok") return outcome.value
    onRefused()
    if (!SEND_AGAIN.has(outcome.error.class)) throw refused(outcome.error)
    wait = Math.min(LONGEST_WAIT, FIRST_WAIT + deps.random() * (wait * 3 - FIRST_WAIT))
    if (deps.clock.mono() - start + wait > deadlineMs) throw stalled(outcome.error, after, deadlineMs)
    await deps.clock.sleep(wait, deps.signal)
  }
}

const NO_PERMISSION: ReadonlySet<CallErrorClass> = new Set(["access-denied", "credentials", "expired-token"])

function refused({ class: kind, code, message, facts }: CallError): DrError {
  const exit: ExitCode = NO_PERMISSION.has(kind) ? EXIT.noPermission : EXIT.failed
  return new DrError({ code: "E_LISTING", exit, message: `listing failed: ${code}: ${display(message)}`, aws: facts })
}

function stalled({ code, message, facts }: CallError, after: ListPosition | undefined, deadlineMs: Millis): DrError {
  const place = after === undefined ? "the first page" : `the page behind ${JSON.stringify(after.key)}`
  return new DrError({
    code: "E_LISTING_STALLED",
    exit: EXIT.tryLater,
    message: `${place} did not come within ${deadlineMs / SECOND} s: ${code}: ${display(message)}`,
    hints: ["run the same command again later: nothing was changed"],
    aws: facts,
  })
}
