import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { wrapMaterial } from "./kms/wrap-material.ts"
import { element, kmsClient, queryClient, type Answer, type Kms } from "./support/signed-client.ts"

interface Row {
  readonly svc: string
  readonly operation: string
  readonly step: string
  readonly status: number
  readonly Code: string
  readonly Message: string
}

const rows = (
  JSON.parse(readFileSync(new URL("../cases/aws-errors.json", import.meta.url), "utf8")) as { rows: Row[] }
).rows.filter((row) => row.svc !== "s3")
const ACCOUNT = "111111111111"
const ROLE = `arn:aws:iam::${ACCOUNT}:role/tagged`
const x = Buffer.from("x").toString("base64")

let sandbox: Sandbox
let kms: Kms
let west: Kms
beforeAll(async () => {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "sts:*" }],
  }
  sandbox = await startSandbox({
    accounts: [{ id: ACCOUNT, name: "workload" }],
    roles: [{ arn: ROLE, trust }],
    replicaDelayMs: 0,
  })
  kms = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT))
  west = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "eu-west-1")
})
afterAll(() => sandbox.close())

const newKey = async (input: object = {}): Promise<string> => (await kms("CreateKey", input)).json["KeyMetadata"].Arn
const blob = async (KeyId: string, EncryptionContext: object = {}): Promise<string> =>
  (await kms("Encrypt", { KeyId, Plaintext: x, EncryptionContext })).json["CiphertextBlob"]
const tag = (TagKey: string, TagValue = "v"): object => ({ TagKey, TagValue })
const describeKey = (KeyId: string) => (): Promise<Answer> => kms("DescribeKey", { KeyId })
const assume = (form: Record<string, string>, as = sandbox.credentialsFor(ACCOUNT)): Promise<Answer> =>
  queryClient(sandbox.port, as, "sts")("AssumeRole", { RoleArn: ROLE, RoleSessionName: "s1", ...form })
const UUID = "134f2428-cec1-4b25-a1ae-9048164dba47"
const macKey = (KeySpec: string): Promise<string> => newKey({ KeySpec, KeyUsage: "GENERATE_VERIFY_MAC" })
const FOREVER = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }

async function bring(KeyId: string, more: object = FOREVER): Promise<Answer> {
  const wrapping = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" }
  const { ImportToken, PublicKey } = (await kms("GetParametersForImport", { KeyId, ...wrapping })).json
  const EncryptedKeyMaterial = wrapMaterial(PublicKey, randomBytes(32))
  return kms("ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...more })
}

/** `operation | step` → the call; a row's message may choose among several. */
const drivers: Readonly<Record<string, (row: Row) => Promise<Answer>>> = {
  "CreateAlias | name without the alias/ prefix": async () =>
    kms("CreateAlias", { AliasName: "x", TargetKeyId: await newKey() }),
  "CreateKey | HMAC spec without KeyUsage": () => kms("CreateKey", { KeySpec: "HMAC_256" }),
  "CreateKey | KeyUsage and KeySpec do not go together": () =>
    kms("CreateKey", { KeySpec: "RSA_2048", KeyUsage: "KEY_AGREEMENT" }),
  "CreateKey | more tags than allowed": () =>
    kms("CreateKey", { Tags: Array.from({ length: 51 }, (_, at) => tag(`t${at}`)) }),
  "CreateKey | tag key above 128 characters": () => kms("CreateKey", { Tags: [tag("k".repeat(129))] }),
  "CreateKey | tag key begins with aws: (any case)": () => kms("CreateKey", { Tags: [tag("AWS:x")] }),
  "CreateKey | tag value above 256 characters": () => kms("CreateKey", { Tags: [tag("k", "v".repeat(257))] }),
  "CreateKey | unknown KeySpec": () => kms("CreateKey", { KeySpec: "HMAC_random" }),
  "CreateKey | unknown KeyUsage": () => kms("CreateKey", { KeyUsage: "RANDOM" }),
  "Decrypt | KeyId names another key than the one in the ciphertext": async () =>
    kms("Decrypt", { CiphertextBlob: await blob(await newKey()), KeyId: await newKey() }),
  "Decrypt | damaged ciphertext": async () =>
    kms("Decrypt", {
      CiphertextBlob: Buffer.from(Buffer.from(await blob(await newKey()), "base64").toReversed()).toString("base64"),
    }),
  "Decrypt | encryption context left out": async () =>
    kms("Decrypt", { CiphertextBlob: await blob(await newKey(), { a: "b" }) }),
  "DescribeKey | UUID without hyphens": describeKey("134f2428cec14b25a1ae9048164dba47"),
  "DescribeKey | id is neither a UUID nor an mrk- id": describeKey("fake-key-id"),
  "DescribeKey | key ARN of another Region (the message names that Region)": async () =>
    west("DescribeKey", { KeyId: await newKey() }),
  "DescribeKey | key id of a key that lives in another Region": async () =>
    west("DescribeKey", { KeyId: (await newKey()).split("/")[1] }),
  "DescribeKey | mrk- followed by something that is not 32 hex digits": describeKey("mrk-fake-key-id"),
  "DescribeKey | multi-Region key id in a Region that has no replica yet": async () =>
    west("DescribeKey", { KeyId: (await newKey({ MultiRegion: true })).split("/")[1] }),
  "DescribeKey | well-formed ARN of no key": describeKey(`arn:aws:kms:eu-central-1:${ACCOUNT}:key/${UUID}`),
  "DescribeKey | well-formed id of no key": describeKey(UUID),
  "DescribeKey | well-formed mrk- id of no key": describeKey(`mrk-${"0".repeat(32)}`),
  "Encrypt | EXTERNAL key without material (never imported, or deleted)": async () =>
    kms("Encrypt", { KeyId: await newKey({ Origin: "EXTERNAL" }), Plaintext: x }),
  "Encrypt | plaintext above 4096 bytes": async () =>
    kms("Encrypt", { KeyId: await newKey(), Plaintext: Buffer.alloc(4097).toString("base64") }),
  "GenerateMac | MacAlgorithm does not fit the key spec": async () =>
    kms("GenerateMac", { KeyId: await macKey("HMAC_224"), Message: x, MacAlgorithm: "HMAC_SHA_256" }),
  "GenerateMac | key of another usage": async () =>
    kms("GenerateMac", { KeyId: await newKey(), Message: x, MacAlgorithm: "HMAC_SHA_256" }),
  "GenerateMac | malformed key id": () =>
    kms("GenerateMac", { KeyId: "key_id", Message: x, MacAlgorithm: "HMAC_SHA_256" }),
  "GenerateMac | unknown MacAlgorithm": async () =>
    kms("GenerateMac", { KeyId: await macKey("HMAC_256"), Message: x, MacAlgorithm: "INVALID" }),
  "GenerateRandom | NumberOfBytes 0": () => kms("GenerateRandom", { NumberOfBytes: 0 }),
  "GenerateRandom | NumberOfBytes above 1024": () => kms("GenerateRandom", { NumberOfBytes: 1025 }),
  "GenerateRandom | NumberOfBytes missing": () => kms("GenerateRandom"),
  "GetParametersForImport | key is not of origin EXTERNAL": async () =>
    kms("GetParametersForImport", {
      KeyId: await newKey(),
      WrappingAlgorithm: "RSAES_OAEP_SHA_256",
      WrappingKeySpec: "RSA_2048",
    }),
  "ImportKeyMaterial | ExpirationModel KEY_MATERIAL_EXPIRES without ValidTo": async () =>
    bring(await newKey({ Origin: "EXTERNAL" }), { ExpirationModel: "KEY_MATERIAL_EXPIRES" }),
  "ImportKeyMaterial | second NEW_KEY_MATERIAL while one is pending rotation": async () => {
    const KeyId = await newKey({ Origin: "EXTERNAL" })
    await bring(KeyId)
    await bring(KeyId, { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" })
    return bring(KeyId, { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" })
  },
  "ReEncrypt | SourceKeyId names another key than the one in the ciphertext": async () =>
    kms("ReEncrypt", {
      CiphertextBlob: await blob(await newKey()),
      SourceKeyId: await newKey(),
      DestinationKeyId: await newKey(),
    }),
  "ReplicateKey | called on a replica": async () => {
    const KeyId = (await newKey({ MultiRegion: true })).split("/")[1]
    await kms("ReplicateKey", { KeyId, ReplicaRegion: "eu-west-1" })
    return west("ReplicateKey", { KeyId, ReplicaRegion: "eu-north-1" })
  },
  "RotateKeyOnDemand | EXTERNAL key with material, but none pending rotation (recorded November 2025)": async () => {
    const KeyId = await newKey({ Origin: "EXTERNAL" })
    await bring(KeyId)
    return kms("RotateKeyOnDemand", { KeyId })
  },
  "RotateKeyOnDemand | EXTERNAL key without material (recorded November 2025)": async () =>
    kms("RotateKeyOnDemand", { KeyId: await newKey({ Origin: "EXTERNAL" }) }),
  "RotateKeyOnDemand | key is disabled": async () => {
    const KeyId = await newKey()
    await kms("DisableKey", { KeyId })
    return kms("RotateKeyOnDemand", { KeyId })
  },
  "RotateKeyOnDemand | no such key": () => kms("RotateKeyOnDemand", { KeyId: UUID }),
  "RotateKeyOnDemand | number of on-demand rotations used up": async () => {
    const KeyId = await newKey()
    for (let each = 0; each < 25; each++) expect((await kms("RotateKeyOnDemand", { KeyId })).status).toBe(200)
    return kms("RotateKeyOnDemand", { KeyId })
  },
  "TagResource | tag key begins with aws:": async () =>
    kms("TagResource", { KeyId: await newKey(), Tags: [tag("aws:x")] }),
  "TagResource | the same tag key twice": async () =>
    kms("TagResource", { KeyId: await newKey(), Tags: [tag("a"), tag("a")] }),
  "VerifyMac | MAC does not verify": async () =>
    kms("VerifyMac", { KeyId: await macKey("HMAC_256"), Message: x, Mac: x, MacAlgorithm: "HMAC_SHA_256" }),
  "VerifyMac | MacAlgorithm does not fit the key spec": async () =>
    kms("VerifyMac", { KeyId: await macKey("HMAC_256"), Message: x, Mac: x, MacAlgorithm: "HMAC_SHA_512" }),
  "VerifyMac | malformed key id": () =>
    kms("VerifyMac", { KeyId: "key_id", Message: x, Mac: x, MacAlgorithm: "HMAC_SHA_256" }),
  "VerifyMac | unknown MacAlgorithm": async () =>
    kms("VerifyMac", { KeyId: await macKey("HMAC_256"), Message: x, Mac: x, MacAlgorithm: "INVALID" }),
  "AssumeRole | RoleArn is no ARN": (row) => assume({ RoleArn: row.Message.replace(" is invalid", "") }),
  "AssumeRole | RoleArn with too few colons": (row) => assume({ RoleArn: row.Message.replace(" is invalid", "") }),
  "AssumeRole | RoleArn without partition": (row) => assume({ RoleArn: row.Message.replace(" is invalid", "") }),
  "AssumeRole | RoleArn without resource": (row) => assume({ RoleArn: row.Message.replace(" is invalid", "") }),
  "AssumeRole | RoleArn without service": (row) => assume({ RoleArn: row.Message.replace(" is invalid", "") }),
  "AssumeRole | RoleSessionName with a forbidden character": () => assume({ RoleSessionName: "Session1:2" }),
  "AssumeRole | transitive tag key that is not among the session tags": () =>
    assume({ "Tags.member.1.Key": "a", "Tags.member.1.Value": "1", "TransitiveTagKeys.member.1": "b" }),
  "AssumeRole | two tag keys that differ only in case": () =>
    assume({
      "Tags.member.1.Key": "a",
      "Tags.member.1.Value": "1",
      "Tags.member.2.Key": "A",
      "Tags.member.2.Value": "2",
    }),
}

/** `<name>` stands for one value; lists of allowed values are compared up to `[` only. */
function comparable(message: string): RegExp {
  const list = message.indexOf("enum value set: [")
  const text = list < 0 ? message : message.slice(0, list)
  const pattern = text
    .split(/<[a-z0-9 -]+>/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".+")
  return new RegExp(`^${pattern}${list < 0 ? "$" : ""}`, "s")
}

const nameOf = (row: Row): string => `${row.operation} | ${row.step}`
const driven = rows.filter((row) => nameOf(row) in drivers)

describe("recorded KMS and STS errors", () => {
  it.each(driven.map((row) => [nameOf(row), row] as const))("%s", async (name, row) => {
    const answer = await drivers[name]!(row)
    const json = row.svc === "kms"
    expect(answer.status).toBe(row.status)
    expect(json ? answer.json["__type"] : element(answer.text, "Code")).toBe(row.Code)
    const said: string =
      (json ? answer.json["message"] : element(answer.text, "Message")?.replaceAll("&#39;", "'")) ?? ""
    expect(said).toMatch(comparable(row.Message))
  })
  it("names the rows that nobody drives yet", () => {
    const left = rows.filter((row) => !(nameOf(row) in drivers))
    process.stdout.write(
      `recorded KMS and STS errors: ${driven.length} of ${rows.length} driven; without a driver: ${left.length}\n${left.map((row) => `  ${nameOf(row)}\n`).join("")}`,
    )
    expect(driven.length).toBeGreaterThanOrEqual(54)
  })
})
