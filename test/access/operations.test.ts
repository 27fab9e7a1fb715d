import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { askAll, type AskedByName } from "../../src/access/ask-all.ts"
import { expand, type OperationTarget, type Step } from "../../src/access/operations.ts"
import { CompiledInventory } from "../../src/access/inventory-stack.ts"
import type { Inventory } from "../../src/access/inventory.ts"

const SOURCE = "arn:aws:s3:::loki-prod/chunks/1"
const COPY = "arn:aws:s3:::loki-copies/chunks/1"
const OLD = "arn:aws:kms:us-east-1:111111111111:key/mrk-11111111111111111111111111111111"
const NEW = "arn:aws:kms:eu-west-1:222222222222:key/22222222-2222-2222-2222-222222222222"
const ROLE = "arn:aws:iam::222222222222:role/dr-recovery"

const words = (steps: readonly Step[]): string[] => steps.map(({ action, resource }) => `${action} ${resource}`)
const stepsOf = (operation: string, target: OperationTarget): string[] => words(expand(operation, target))

describe("the authorisations of one call", () => {
  it("are one for an action that needs nothing else", () =>
    expect(stepsOf("kms:Decrypt", { on: OLD })).toEqual([`kms:Decrypt ${OLD}`]))

  it("of ReEncrypt are two actions on two keys", () => {
    const steps = expand("kms:ReEncrypt", { on: NEW, from: OLD })
    expect(words(steps)).toEqual([`kms:ReEncryptFrom ${OLD}`, `kms:ReEncryptTo ${NEW}`])
    expect(steps[0]?.facts).toEqual({ "kms:ReEncryptOnSameKey": "false" })
  })
  it("of ReEncrypt need a source", () => expect(() => expand("kms:ReEncrypt", { on: NEW })).toThrow(/source key/))

  it("of GetObject under a key decrypt through S3, in the key's Region", () => {
    const [read, decrypt] = expand("s3:GetObject", { on: SOURCE, key: OLD, bucketKey: false })
    expect(read).toMatchObject({ action: "s3:GetObject", resource: SOURCE })
    expect(decrypt).toMatchObject({
      action: "kms:Decrypt",
      resource: OLD,
      facts: {
        "kms:ViaService": "s3.us-east-1.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": SOURCE,
        "kms:EncryptionContextKeys": ["aws:s3:arn"],
      },
    })
  })
  it("name the bucket where bucket keys are on", () =>
    expect(expand("s3:GetObject", { on: SOURCE, key: OLD, bucketKey: true })[1]?.facts).toMatchObject({
      "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::loki-prod",
    }))
  it("leave the encryption context open where nobody said", () =>
    expect(expand("s3:GetObject", { on: SOURCE, key: OLD })[1]?.unknown).toEqual(["kms:EncryptionContext:aws:s3:arn"]))
  it("of a version ask for the version", () =>
    expect(stepsOf("s3:GetObject", { on: SOURCE, facts: { "s3:VersionId": "v1" } })).toEqual([
      `s3:GetObjectVersion ${SOURCE}`,
    ]))

  it("of PutObject read the data key back in multipart uploads and with bucket keys", () => {
    const plain = { on: COPY, key: NEW, bucketKey: false }
    expect(stepsOf("s3:PutObject", plain)).toEqual([`s3:PutObject ${COPY}`, `kms:GenerateDataKey ${NEW}`])
    const both = [`s3:PutObject ${COPY}`, `kms:GenerateDataKey ${NEW}`, `kms:Decrypt ${NEW}`]
    expect(stepsOf("s3:PutObject", { ...plain, bucketKey: true })).toEqual(both)
    expect(stepsOf("s3:PutObject", { ...plain, multipart: true })).toEqual(both)
  })

  it("of CopyObject read the source, decrypt it, write the copy and encrypt that", () =>
    expect(stepsOf("s3:CopyObject", { on: COPY, from: SOURCE, key: NEW, fromKey: OLD, bucketKey: false })).toEqual([
      `s3:GetObject ${SOURCE}`,
      `kms:Decrypt ${OLD}`,
      `s3:PutObject ${COPY}`,
      `kms:GenerateDataKey ${NEW}`,
    ]))
  it("of CopyObject with tags carry the tags over", () =>
    expect(stepsOf("s3:CopyObject", { on: COPY, from: SOURCE, facts: { "s3:RequestObjectTag/env": "prod" } })).toEqual([
      `s3:GetObject ${SOURCE}`,
      `s3:GetObjectTagging ${SOURCE}`,
      `s3:PutObject ${COPY}`,
      `s3:PutObjectTagging ${COPY}`,
    ]))

  it("of UpdateObjectEncryption leave the old key and enter the new one", () =>
    expect(stepsOf("s3:UpdateObjectEncryption", { on: SOURCE, fromKey: OLD, key: NEW, bucketKey: false })).toEqual([
      `s3:UpdateObjectEncryption ${SOURCE}`,
      `s3:PutObject ${SOURCE}`,
      `kms:Decrypt ${OLD}`,
      `kms:ReEncryptFrom ${OLD}`,
      `kms:Encrypt ${NEW}`,
      `kms:GenerateDataKey ${NEW}`,
      `kms:ReEncryptTo ${NEW}`,
    ]))

  it("of ReplicateKey make a key in the other Region, and tag it", () => {
    const facts = { "kms:ReplicaRegion": "eu-west-1", "aws:RequestTag/env": "prod" }
    const steps = expand("kms:ReplicateKey", { on: OLD, facts })
    expect(words(steps)).toEqual([`kms:ReplicateKey ${OLD}`, "kms:CreateKey *", "kms:TagResource *"])
    expect(steps[1]?.facts).toMatchObject({ "aws:RequestedRegion": "eu-west-1", "kms:MultiRegionKeyType": "REPLICA" })
  })
  it("of UpdatePrimaryRegion are the same action on the primary and on the replica", () =>
    expect(stepsOf("kms:UpdatePrimaryRegion", { on: OLD, facts: { "kms:PrimaryRegion": "eu-west-1" } })).toEqual([
      `kms:UpdatePrimaryRegion ${OLD}`,
      `kms:UpdatePrimaryRegion ${OLD.replace("us-east-1", "eu-west-1")}`,
    ]))
  it("of UpdateAlias are the alias and both keys", () => {
    const alias = "arn:aws:kms:us-east-1:111111111111:alias/observability"
    const next = OLD.replace(/1{32}/, "3".repeat(32))
    expect(stepsOf("kms:UpdateAlias", { on: alias, from: OLD, key: next })).toEqual([
      `kms:UpdateAlias ${alias}`,
      `kms:UpdateAlias ${OLD}`,
      `kms:UpdateAlias ${next}`,
    ])
    expect(stepsOf("kms:CreateAlias", { on: alias, key: OLD })).toEqual([
      `kms:CreateAlias ${alias}`,
      `kms:CreateAlias ${OLD}`,
    ])
  })
  it("of AssumeRole ask for tags and source identity apart", () =>
    expect(
      stepsOf("sts:AssumeRole", { on: ROLE, facts: { "aws:RequestTag/drill": "1", "sts:SourceIdentity": "ana" } }),
    ).toEqual([`sts:AssumeRole ${ROLE}`, `sts:TagSession ${ROLE}`, `sts:SetSourceIdentity ${ROLE}`]))
  it("are found by the call's name in any case", () =>
    expect(stepsOf("KMS:reencrypt", { on: NEW, from: OLD })).toEqual([
      `kms:ReEncryptFrom ${OLD}`,
      `kms:ReEncryptTo ${NEW}`,
    ]))
})

describe("a chain", () => {
  const inventory = JSON.parse(
    readFileSync(new URL("../cases/inventories/observability.json", import.meta.url), "utf8"),
  ) as Inventory
  const compiled = new CompiledInventory(inventory)
  const COPYING: AskedByName = {
    as: "operator",
    via: ["recovery"],
    action: "s3:CopyObject",
    target: { on: "s3://loki-copies/chunks/1", from: "s3://loki-prod/chunks/1", bucketKey: false },
    with: ["sts:ExternalId=drill"],
    unknown: [],
    session: [],
    sessionTags: [],
  }
  const said = (asked: Partial<AskedByName>): string[] => {
    const [answer] = askAll(compiled, { ...COPYING, ...asked })
    return (answer?.steps ?? []).map(({ explained, verdict }) => `${explained.request.action} ${verdict}`)
  }

  it("assumes the role, then makes every call under its session", () => {
    const [answer] = askAll(compiled, COPYING)
    expect(answer?.verdict).toBe("allowed")
    expect(answer?.steps.map(({ explained }) => explained.request.principal)).toEqual([
      "arn:aws:iam::222222222222:role/dr-operator",
      ...Array<string>(4).fill("arn:aws:sts::222222222222:assumed-role/dr-recovery/dr-policy-check"),
    ])
  })
  it("decides both ways where nobody said whether bucket keys are on", () => {
    const copy = "s3://loki-copies/chunks/1"
    const context = (arn: string): Inventory => ({
      ...inventory,
      keys: inventory.keys.map((key) =>
        key.label === "recovery-key"
          ? {
              ...key,
              policy: {
                name: "bound",
                document: {
                  Version: "2012-10-17",
                  Statement: [
                    {
                      Effect: "Allow",
                      Principal: { AWS: ROLE },
                      Action: "kms:Decrypt",
                      Resource: "*",
                      Condition: { StringLike: { "kms:EncryptionContext:aws:s3:arn": arn } },
                    },
                  ],
                },
              },
            }
          : key,
      ),
    })
    const read = (from: Inventory): string | undefined =>
      askAll(new CompiledInventory(from), {
        ...COPYING,
        via: [],
        as: "recovery",
        action: "s3:GetObject",
        target: { on: copy },
      })[0]?.verdict
    expect(read(context("arn:aws:s3:::loki-copies*"))).toBe("allowed")
    expect(read(context("arn:aws:s3:::loki-copies/*"))).toBe("depends")
    expect(read(context("arn:aws:s3:::mimir-copies*"))).toBe("implicit-deny")
  })
  it("is as strong as its weakest step", () => {
    const [answer] = askAll(compiled, { ...COPYING, with: [] })
    expect(answer?.verdict).toBe("implicit-deny")
    expect(answer?.steps.map(({ verdict }) => verdict)).toEqual([
      "implicit-deny",
      "allowed",
      "allowed",
      "allowed",
      "allowed",
    ])
  })
  it("asks for session tags and source identity on both sides", () =>
    expect(said({ sessionTags: ["drill=1"], sourceIdentity: "ana" }).slice(0, 3)).toEqual([
      "sts:AssumeRole allowed",
      "sts:TagSession allowed",
      "sts:SetSourceIdentity allowed",
    ]))
  it("is cut to what the session policy allows", () => {
    const document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] }
    expect(said({ session: [{ name: "s3 only", document }] })).toEqual([
      "sts:AssumeRole allowed",
      "s3:GetObject allowed",
      "kms:Decrypt implicit-deny",
      "s3:PutObject allowed",
      "kms:GenerateDataKey implicit-deny",
    ])
  })
  it("loses the factor with which its caller signed in", () => {
    const breakGlass = { as: "platform-admin", via: ["arn:aws:iam::111111111111:role/dr-break-glass"] }
    const disable = { action: "kms:DisableKey", target: { on: "alias/observability@us-east-1" } }
    const [answer] = askAll(compiled, {
      ...COPYING,
      ...breakGlass,
      ...disable,
      with: ["aws:MultiFactorAuthPresent=true"],
    })
    expect(answer?.steps.map(({ verdict }) => verdict)).toEqual(["allowed", "allowed"])
    expect(answer?.steps[1]?.explained.request.facts["aws:MultiFactorAuthPresent"]).toBe("false")
  })
  it("decides the action alone on request", () =>
    expect(
      said({ via: [], as: "recovery", action: "s3:GetObject", target: { on: "s3://loki-prod/x" }, actionOnly: true }),
    ).toEqual(["s3:GetObject allowed"]))
})
