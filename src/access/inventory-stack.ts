import { tryParseArn } from "./arn.ts"
import { compilePolicy, type CompiledPolicy } from "./compile.ts"
import type { Facts } from "./context.ts"
import type { Grant } from "./grants.ts"
import type {
  Inventory,
  InventoryAccount,
  InventoryBucket,
  InventoryKey,
  InventoryPrincipal,
  NamedPolicy,
  PolicyLevelFacts,
} from "./inventory.ts"
import { PolicyError } from "./policy-error.ts"
import type { Level, PolicyStack } from "./request.ts"
import type { PolicyKind } from "./statement.ts"

/** An inventory made ready for many questions: every policy is compiled once. */
export class CompiledInventory {
  readonly inventory: Inventory
  readonly #policies = new Map<string | object, CompiledPolicy>()
  readonly #principals: ReadonlyMap<string, InventoryPrincipal>
  readonly #keys: ReadonlyMap<string, InventoryKey>
  readonly #buckets: ReadonlyMap<string, InventoryBucket>
  readonly #accounts: ReadonlyMap<string, InventoryAccount>
  readonly #levels = new Map<readonly PolicyLevelFacts[], readonly Level[]>()
  readonly #identities = new Map<InventoryPrincipal, readonly CompiledPolicy[]>()

  constructor(inventory: Inventory) {
    this.inventory = inventory
    this.#principals = new Map(inventory.principals.map((each) => [each.arn, each]))
    this.#keys = new Map(inventory.keys.map((each) => [each.arn, each]))
    this.#buckets = new Map(inventory.buckets.map((each) => [each.name, each]))
    this.#accounts = new Map(inventory.accounts.map((each) => [each.id, each]))
  }

  /** A role by its own ARN, or by the ARN of one of its sessions. */
  principal(arn: string): InventoryPrincipal | undefined {
    const known = this.#principals.get(arn)
    if (known !== undefined) return known
    const parsed = tryParseArn(arn)
    if (parsed?.service !== "sts" || !parsed.resource.startsWith("assumed-role/")) return undefined
    const name = parsed.resource.split("/")[1] ?? ""
    return this.inventory.principals.find(
      (each) => each.account === parsed.account && each.arn.includes(":role/") && each.arn.endsWith(`/${name}`),
    )
  }

  key(arn: string): InventoryKey | undefined {
    return this.#keys.get(arn)
  }

  /** The key behind an ARN, alias ARN, or alias in one Region (`alias/x@eu-west-1`) or in any. */
  findKeys(ref: string): readonly InventoryKey[] {
    const exact = this.#keys.get(ref)
    if (exact !== undefined) return [exact]
    const [name = "", region] = ref.split("@", 2)
    const parsed = tryParseArn(name)
    const alias = parsed?.resource ?? name
    return this.inventory.keys.filter(
      (each) =>
        (each.aliases.includes(alias) || each.label === alias || each.arn.endsWith(`/${alias}`)) &&
        (region === undefined || each.region === region) &&
        (parsed === undefined || (each.region === parsed.region && each.account === parsed.account)),
    )
  }

  bucketOf(resource: string): InventoryBucket | undefined {
    const parsed = tryParseArn(resource)
    if (parsed?.service !== "s3") return undefined
    return this.#buckets.get(parsed.resource.split("/", 1)[0] ?? "")
  }

  /** Who owns the resource: its ARN says so, or the inventory. @throws PolicyError for a bucket that is not in it */
  ownerOf(resource: string, asking: string | undefined): string {
    const account = tryParseArn(resource)?.account
    if (account !== undefined && account !== "") return account
    const bucket = this.bucketOf(resource)
    if (bucket !== undefined) return bucket.account
    if (resource === "*" && asking !== undefined) return asking
    throw new PolicyError(`nobody knows which account owns ${resource}`, [
      "name its owner, or add the bucket to the inventory",
    ])
  }

  /**
   * Every policy that AWS would ask. A principal that the inventory does not know has no identity policy.
   * `session`: policies passed with AssumeRole.
   */
  stackFor(principalArn: string, resource: string, session?: readonly NamedPolicy[]): PolicyStack {
    const principal = this.principal(principalArn)
    const account = principal?.account ?? tryParseArn(principalArn)?.account
    const { policy, kind, grants, awsManaged } = this.#resourceSide(resource)
    const owner = this.#accounts.get(tryParseArn(resource)?.account || (this.bucketOf(resource)?.account ?? ""))
    const managementAccount = this.inventory.organization?.managementAccount
    return {
      identity: principal === undefined ? [] : this.#identityOf(principal),
      scps: this.#levelsOf(this.#accounts.get(account ?? "")?.scps ?? [], "scp"),
      rcps: this.#levelsOf(owner?.rcps ?? [], "rcp"),
      ...(principal?.boundary === undefined ? {} : { boundary: [this.#compiled(principal.boundary, "boundary")] }),
      ...(session === undefined ? {} : { session: session.map((each) => this.#compiled(each, "session")) }),
      ...(policy === undefined ? {} : { resource: this.#compiled(policy, kind) }),
      ...(grants.length === 0 ? {} : { grants }),
      ...(managementAccount === undefined ? {} : { managementAccount }),
      ...(awsManaged ? { awsManagedKey: true } : {}),
    }
  }

  /** Condition keys that the inventory knows for this principal and resource: organisation, tags, properties of the key. */
  factsFor(principalArn: string, resource: string): Facts {
    const principal = this.principal(principalArn)
    const account = this.#accounts.get(principal?.account ?? tryParseArn(principalArn)?.account ?? "")
    const owner = this.#accounts.get(tryParseArn(resource)?.account || (this.bucketOf(resource)?.account ?? ""))
    const organization = this.inventory.organization
    const key = this.#keys.get(resource)
    return {
      ...(principal !== undefined && principal.arn.startsWith("arn:") && principal.account !== undefined
        ? { "aws:PrincipalArn": principal.arn }
        : {}),
      ...(organization === undefined || account === undefined ? {} : { "aws:PrincipalOrgID": organization.id }),
      ...(organization === undefined || owner === undefined ? {} : { "aws:ResourceOrgID": organization.id }),
      ...(account?.orgPath === undefined ? {} : { "aws:PrincipalOrgPaths": [account.orgPath] }),
      ...(owner?.orgPath === undefined ? {} : { "aws:ResourceOrgPaths": [owner.orgPath] }),
      ...prefixed("aws:PrincipalTag/", principal?.tags),
      ...(key === undefined ? {} : keyFacts(key)),
      ...principal?.facts,
    }
  }

  #resourceSide(resource: string): {
    policy?: NamedPolicy | undefined
    kind: PolicyKind
    grants: readonly Grant[]
    awsManaged: boolean
  } {
    const key = this.#keys.get(resource)
    if (key !== undefined)
      return { policy: key.policy, kind: "key", grants: key.grants, awsManaged: key.awsManaged === true }
    const none = { grants: [], awsManaged: false }
    if (tryParseArn(resource)?.service === "iam")
      return { policy: this.#principals.get(resource)?.trust, kind: "trust", ...none }
    return { policy: this.bucketOf(resource)?.policy, kind: "bucket", ...none }
  }

  #identityOf(principal: InventoryPrincipal): readonly CompiledPolicy[] {
    let compiled = this.#identities.get(principal)
    if (compiled === undefined) {
      compiled = principal.identity.map((each) => this.#compiled(each, "identity"))
      this.#identities.set(principal, compiled)
    }
    return compiled
  }

  #levelsOf(levels: readonly PolicyLevelFacts[], kind: "scp" | "rcp"): readonly Level[] {
    let compiled = this.#levels.get(levels)
    if (compiled === undefined) {
      compiled = levels.map(({ target, policies }) => ({
        target,
        policies: policies.map((each) => this.#compiled(each, kind)),
      }))
      this.#levels.set(levels, compiled)
    }
    return compiled
  }

  #compiled(policy: NamedPolicy, kind: PolicyKind): CompiledPolicy {
    let compiled = this.#policies.get(policy)
    if (compiled === undefined) {
      compiled = compilePolicy(policy.document, kind, { name: policy.name })
      this.#policies.set(policy, compiled)
    }
    return compiled
  }
}

function keyFacts(key: InventoryKey): Facts {
  return {
    ...(key.aliases.length === 0 ? {} : { "kms:ResourceAliases": key.aliases }),
    ...(key.multiRegionType === undefined ? {} : { "kms:MultiRegionKeyType": key.multiRegionType }),
    ...(key.origin === undefined ? {} : { "kms:KeyOrigin": key.origin }),
    ...prefixed("aws:ResourceTag/", key.tags),
  }
}

function prefixed(prefix: string, tags: Readonly<Record<string, string>> | undefined): Facts {
  return Object.fromEntries(Object.entries(tags ?? {}).map(([name, value]) => [prefix + name, value]))
}
