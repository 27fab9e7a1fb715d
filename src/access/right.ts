import type { CompiledStatement } from "./compile.ts"
import { both, either, refOf, type Decisive, type Layer, type Tri } from "./decision.ts"
import type { MatchedGrant } from "./grants.ts"
import type { NamedAs } from "./principal.ts"
import type { Asked, Scan } from "./scan.ts"

/** What each side says, Denies apart. */
export interface Sides {
  /** Undefined = the resource has no policy of its own. */
  readonly resource: Scan | undefined
  readonly identity: Scan
  readonly boundary: Scan | undefined
  readonly session: Scan | undefined
  readonly grants: readonly MatchedGrant[]
}

/** Whether the sides give the right, through what, and, if not, which layer lacks it. */
export interface Right {
  readonly tri: Tri
  readonly layer: Layer
  readonly decisive: readonly Decisive[]
}

/** One way to the right: every link must say yes. */
interface Path {
  readonly layer: Layer
  readonly links: ReadonlyArray<Link>
}

interface Link {
  readonly layer: Layer
  readonly tri: Tri
  readonly by?: Decisive | undefined
}

/** How the account of a resource and its kind combine the sides. */
export function rightOf(asked: Asked, resourceAccount: string, sides: Sides): Right {
  const paths = pathsOf(asked, resourceAccount, sides)
  const tri = paths.reduce<Tri>((result, path) => either(result, truth(path)), false)
  const best = paths.find((path) => truth(path) === tri) ?? paths[0]
  if (tri === false) return denied(paths)
  const decisive = (best?.links ?? []).flatMap((link) => link.by ?? [])
  return { tri, layer: best?.layer ?? "resource", decisive }
}

const truth = ({ links }: Path): Tri => links.reduce<Tri>((result, link) => both(result, link.tri), true)

/** The path that comes furthest names what is missing. */
function denied(paths: readonly Path[]): Right {
  const broken = paths.map((path) => path.links.findIndex((link) => link.tri === false))
  const furthest = broken.indexOf(Math.max(...broken))
  const layer = paths[furthest]?.links[broken[furthest] ?? 0]?.layer ?? "resource"
  return { tri: false, layer, decisive: [{ kind: "missing-allow", layer }] }
}

function pathsOf(asked: Asked, resourceAccount: string, sides: Sides): readonly Path[] {
  const { principal } = asked
  const granted = sides.grants.map((each) => grantPath(each, principal.kind === "root", sides))
  if (principal.account === undefined)
    return [{ layer: "resource", links: [linkTo(sides.resource, "resource", "direct")] }, ...granted]
  const own = principal.account === resourceAccount
  if (principal.kind === "root") return [...rootPaths(asked, own, sides), ...granted]
  return [...(own ? ownPaths(asked, sides) : foreignPaths(sides)), ...granted]
}

/** Key and trust policies stand alone: without them an identity policy is worthless. */
const standsAlone = ({ action, resource }: Asked): boolean =>
  action.startsWith("kms:") ? isOnKey(action, resource) : action.startsWith("sts:assumerole") || TRUSTED.has(action)

/** An alias has no policy; where the action is none of its own, it names the key. */
const isOnKey = (action: string, resource: string): boolean =>
  resource.includes(":key/") || (resource.includes(":alias/") && !action.endsWith("alias"))

const TRUSTED: ReadonlySet<string> = new Set(["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"])

function ownPaths(asked: Asked, sides: Sides): readonly Path[] {
  const { resource } = sides
  const limits = limitsOf(sides)
  const identity = linkTo(sides.identity, "identity", "direct")
  const given: readonly Path[] = [
    { layer: "resource", links: [linkTo(resource, "resource", "direct")] },
    { layer: "resource", links: [linkTo(resource, "resource", "role"), ...limits] },
  ]
  if (standsAlone(asked))
    return [...given, { layer: "identity", links: [linkTo(resource, "resource", "account"), identity, ...limits] }]
  const alone: Path = { layer: "identity", links: [identity, ...limits] }
  if (asked.action === "sts:getsessiontoken" && asked.principal.kind === "user") return [alone, freeForUsers]
  return resource === undefined ? [alone] : [alone, ...given]
}

/** Source: STS API reference, GetSessionToken: users need no permission. */
const freeForUsers: Path = {
  layer: "operation",
  links: [
    {
      layer: "operation",
      tri: true,
      by: { kind: "rule", layer: "operation", rule: "users need no permission for this operation" },
    },
  ],
}

/** Another account's resource: its policy and the principal's own must both allow. */
function foreignPaths(sides: Sides): readonly Path[] {
  const links = [linkTo(sides.identity, "identity", "direct"), ...limitsOf(sides)]
  return (["direct", "role", "account"] as const).map((named) => ({
    layer: "identity",
    links: [linkTo(sides.resource, "resource", named), ...links],
  }))
}

/** A root user needs no identity policy, but a key's or role's own policy must name it or its account. */
function rootPaths(asked: Asked, own: boolean, { resource }: Sides): readonly Path[] {
  const named = (["direct", "account"] as const).map((name): Path => ({
    layer: "resource",
    links: [linkTo(resource, "resource", name)],
  }))
  if (!own || standsAlone(asked)) return named
  const by: Decisive = { kind: "rule", layer: "root", rule: "the root user of the account that owns the resource" }
  return [{ layer: "root", links: [{ layer: "root", tri: true, by }] }]
}

function grantPath({ grant, named, satisfied }: MatchedGrant, isRoot: boolean, sides: Sides): Path {
  const { id, name } = grant
  const by: Decisive = { kind: "grant", id, ...(name === undefined ? {} : { name }) }
  const first: Link = { layer: "grant", tri: satisfied, by }
  if (named === "direct" || isRoot) return { layer: "grant", links: [first] }
  const own = named === "account" ? [linkTo(sides.identity, "identity", "direct")] : []
  return { layer: "grant", links: [first, ...own, ...limitsOf(sides)] }
}

/** Boundary and session policy give nothing: they cut off what they do not allow. */
function limitsOf({ boundary, session }: Pick<Sides, "boundary" | "session">): readonly Link[] {
  return [
    ...(boundary === undefined ? [] : [linkTo(boundary, "boundary", "direct")]),
    ...(session === undefined ? [] : [linkTo(session, "session", "direct")]),
  ]
}

function linkTo(found: Scan | undefined, layer: Layer, named: NamedAs): Link {
  if (found === undefined) return { layer, tri: false }
  return { layer, tri: found.says(named), by: reference(found.allowed(named), layer) }
}

const reference = (statement: CompiledStatement | undefined, layer: Layer): Decisive | undefined =>
  statement === undefined ? undefined : refOf(statement, layer)
