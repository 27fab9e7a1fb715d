import { display } from "../../kernel/display.ts"
import { routeOf, type Way } from "../plan/classify.ts"
import type { ListedObject, Refusal } from "../objects.ts"
import type { Attempt } from "../ports.ts"
import { attemptChain } from "./chain.ts"
import type { RouteContext, Uploads, Work } from "./context.ts"
import { attemptCopy } from "./copy.ts"
import { attemptMultipart } from "./multipart.ts"
import { attemptRekey } from "./rekey.ts"
import { closeUpload } from "./upload.ts"

/**
 * All that the plan restores of this object's key, oldest first, the object itself among them; the very same objects each
 * time. The work may be about each of them in turn, or about the newest alone: what stands below it is made first.
 */
type ChainOf = (object: ListedObject) => readonly ListedObject[]

export interface RoutesOptions
  extends
    Pick<RouteContext, "source" | "destination" | "verify" | "clock">,
    Pick<Way, "aim" | "operation" | "routing"> {
  readonly uploads: Omit<Uploads, "open">
  /** Given in mode `all` only. */
  readonly chainOf?: ChainOf
}

export interface Routes {
  /** One attempt at one object, by the route that the plan named for it. Rejects only when an upload cannot be logged. */
  readonly attempt: (work: Work) => Promise<Attempt>
  /** Aborts the uploads that are still open: for a run that ends before its objects have settled. */
  abandonUploads(): Promise<void>
}

export function createRoutes(options: RoutesOptions): Routes {
  const { aim, operation, routing, chainOf, uploads, ...rest } = options
  const context: RouteContext = {
    ...rest,
    aim,
    copyLimitBytes: routing.multipartAboveBytes,
    uploads: { ...uploads, open: new Map() },
    replanned: new WeakMap(),
    stepsMade: new WeakMap(),
  }
  const way: Way = { aim, operation, routing }
  const attempt = async (work: Work): Promise<Attempt> => {
    const chain = chainOf?.(work.object)
    const isChain = chain !== undefined && (chain.length > 1 || work.object.deleteMarker === true)
    return isChain ? byChain(context, way, work, chain) : byRoute(context, way, work)
  }
  return {
    attempt,
    async abandonUploads() {
      for (const object of context.uploads.open.keys()) await closeUpload(context, object)
    },
  }
}

/** Nothing of a key is written when one of its versions cannot be: a gap would look like another history. */
async function byChain(context: RouteContext, way: Way, work: Work, chain: readonly ListedObject[]): Promise<Attempt> {
  for (const object of chain) {
    const route = routeOf(object, way)
    if (route.kind === "cannot") return cannot(context, object, route.why)
  }
  return attemptChain(context, work, chain, (step, expect) => {
    const route = routeOf(step.object, way)
    return route.kind === "multipart"
      ? attemptMultipart(context, step, route.partBytes, expect)
      : attemptCopy(context, step, expect)
  })
}

function byRoute(context: RouteContext, way: Way, work: Work): Promise<Attempt> | Attempt {
  const route = routeOf(work.object, way)
  switch (route.kind) {
    case "rekey":
      return attemptRekey(context, work)
    case "copy":
      return attemptCopy(context, work)
    case "multipart":
      return attemptMultipart(context, work, route.partBytes)
    case "marker":
      return byChain(context, way, work, [work.object])
    case "cannot":
      return cannot(context, work.object, route.why)
  }
}

function cannot(context: RouteContext, object: ListedObject, why: Refusal): Attempt {
  const uri = display(`s3://${context.aim.source.bucket}/${object.key}`)
  return { kind: "skipped", why, message: `${uri} is not carried over: ${why}` }
}
