import { SECOND } from "../../kernel/units.ts"
import type { ReEncrypted, RewrapKms } from "../../restore/rewrap/ports.ts"
import { Broken } from "./call-error.ts"
import { jsonMembers } from "./json-answer.ts"
import type { Address } from "./endpoint.ts"
import type { Operation } from "./operations.ts"
import type { S3Request } from "./request-parts.ts"
import type { WireAnswer } from "./transport.ts"

type Request<Name extends keyof RewrapKms> = Parameters<RewrapKms[Name]>[0]

const DEADLINE_MS = 20 * SECOND
const NONE: readonly string[] = []

/** Makes a ciphertext and changes nothing: a lost answer leaves no doubt. */
export function reEncryptAt(address: Address): Operation<Request<"reEncrypt">, ReEncrypted> {
  return {
    name: "ReEncrypt",
    writes: false,
    status: 200,
    build: (_, { ciphertext, from, to, context }) =>
      kmsRequest(address, "ReEncrypt", {
        CiphertextBlob: ciphertext,
        SourceKeyId: from,
        SourceEncryptionContext: context,
        DestinationKeyId: to,
        DestinationEncryptionContext: context,
      }),
    read: (answer) => {
      const [ciphertext, sourceKeyArn, keyArn] = texts(answer, "CiphertextBlob", "SourceKeyId", "KeyId")
      if (!ciphertext || !sourceKeyArn || !keyArn)
        return new Broken("without a CiphertextBlob, SourceKeyId or KeyId: nothing was wrapped anew")
      return { ciphertext, sourceKeyArn, keyArn }
    },
  }
}

export function decryptAt(address: Address): Operation<Request<"decrypt">, Buffer> {
  return {
    name: "Decrypt",
    writes: false,
    status: 200,
    build: (_, { ciphertext, keyArn, context }) =>
      kmsRequest(address, "Decrypt", { CiphertextBlob: ciphertext, KeyId: keyArn, EncryptionContext: context }),
    read: (answer, { keyArn }) => {
      const [plaintext, by] = texts(answer, "Plaintext", "KeyId")
      if (!plaintext || by !== keyArn) return new Broken(`it is no Plaintext by ${keyArn}`)
      return Buffer.from(plaintext, "base64")
    },
  }
}

/** AWS JSON 1.1, as KMS speaks it. */
function kmsRequest({ origin, host }: Address, operation: string, input: object): S3Request {
  return {
    operation,
    origin,
    host,
    method: "POST",
    path: "/",
    query: "",
    deadlineMs: DEADLINE_MS,
    fixed: ["content-type", "application/x-amz-json-1.1", "x-amz-target", `TrentService.${operation}`],
    varying: NONE,
    values: NONE,
    body: Buffer.from(JSON.stringify(input)),
  }
}

function texts({ body }: WireAnswer, ...names: readonly string[]): readonly (string | undefined)[] {
  const members = jsonMembers(body)
  return names.map((name) => {
    const value = members[name]
    return typeof value === "string" ? value : undefined
  })
}
