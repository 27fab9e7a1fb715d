import { describe, expect, it } from "vitest"
import { missingText } from "../../../src/drill/access/missing.ts"
import { readRefusal } from "../../../src/drill/access/refusal.ts"

const USER = "AccessDenied: User: arn:aws:sts::222222222222:assumed-role/dr-recovery/x is not authorized to perform:"

describe("AWS's reasons for a refusal", () => {
  it.each([
    [
      `${USER} s3:PutObject on resource: "arn:aws:s3:::b/a key" because no identity-based policy allows the s3:PutObject action`,
      { action: "s3:PutObject", resource: "arn:aws:s3:::b/a key", how: "no-allow", layer: "identity" },
    ],
    [
      `${USER} iam:GetRole on resource: arn:aws:iam::222222222222:role/x because no permissions boundary allows the iam:GetRole action`,
      { action: "iam:GetRole", resource: "arn:aws:iam::222222222222:role/x", how: "no-allow", layer: "boundary" },
    ],
    [
      `${USER} kms:Decrypt on resource: arn:aws:kms:eu-west-1:222222222222:key/k with an explicit deny in a service control policy`,
      { action: "kms:Decrypt", resource: "arn:aws:kms:eu-west-1:222222222222:key/k", how: "deny", layer: "scp" },
    ],
    [
      `${USER} s3:GetObject on resource: arn:aws:s3:::b/k with an explicit deny in a service control policy: arn:aws:organizations::333333333333:policy/o-1/service_control_policy/p-1`,
      { action: "s3:GetObject", resource: "arn:aws:s3:::b/k", how: "deny", layer: "scp" },
    ],
    [
      `${USER} s3:GetObject with an explicit deny in an identity-based policy`,
      { action: "s3:GetObject", how: "deny", layer: "identity" },
    ],
    ["s3:GetObject on s3://b/k failed: AccessDenied: Access Denied", { how: "unsaid" }],
    ["iam:GetRole on role x failed: Throttling: Rate exceeded", { how: "unsaid" }],
  ])("%s", (message, read) => expect(readRefusal(message)).toEqual(read))
})

describe("what is missing", () => {
  const lacks = (right: string, remedy: string) => ({ who: "R may not", right, because: [], remedies: [remedy] })

  it("tells one change once, below all that it gives", () => {
    const text = missingText([
      lacks("read", "add A"),
      lacks("write", "add B"),
      lacks("list", "add A"),
      lacks("read", "add A"),
    ])
    expect(text.split("\n")).toEqual(["R may not", "  read", "  list", "  add A", "R may not write", "  add B"])
  })

  it("tells what could not be read once, below all that hangs on it", () => {
    const open = (right: string, because: readonly string[]) => ({
      who: "nobody can tell whether R may",
      right,
      because,
      remedies: because.map((each) => `mend ${each}`),
    })
    const all = [open("read", ["role"]), lacks("list", "add A"), open("write", ["role", "bucket"])]
    expect(missingText(all).split("\n")).toEqual([
      "R may not list",
      "  add A",
      "nobody can tell whether R may",
      "  read",
      "  write",
      "  role",
      "  bucket",
      "  mend role",
      "  mend bucket",
    ])
  })
})
