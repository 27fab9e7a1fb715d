import { describe, expect, it } from "vitest"
import {
  formatArn,
  keyArn,
  keyIdOf,
  objectArn,
  parseArn,
  partitionOf,
  roleArn,
  roleNameOf,
  tryParseArn,
} from "../../src/access/arn.ts"

describe("ARNs", () => {
  it("are read and written without loss", () => {
    const text = "arn:aws:sts::111111111111:assumed-role/observability-loki-role/s:1"
    expect(parseArn(text)).toEqual({
      partition: "aws",
      service: "sts",
      region: "",
      account: "111111111111",
      resource: "assumed-role/observability-loki-role/s:1",
    })
    expect(formatArn(parseArn(text))).toBe(text)
  })
  it("know their partition by Region", () => {
    expect(["eu-central-1", "cn-north-1", "us-gov-west-1"].map(partitionOf)).toEqual(["aws", "aws-cn", "aws-us-gov"])
    expect(keyArn("cn-north-1", "111111111111", "mrk-1")).toBe("arn:aws-cn:kms:cn-north-1:111111111111:key/mrk-1")
  })
  it("tell keys, roles and aliases apart", () => {
    expect(keyIdOf("arn:aws:kms:eu-west-1:111111111111:key/mrk-12")).toBe("mrk-12")
    expect(keyIdOf("arn:aws:kms:eu-west-1:111111111111:alias/x")).toBeUndefined()
    expect(roleNameOf(roleArn("111111111111", "team/dr-drill"))).toBe("dr-drill")
    expect(roleNameOf("arn:aws:iam::111111111111:user/x")).toBeUndefined()
  })
  it("keep every byte of an object's key", () =>
    expect(objectArn("b", "a//b/../c:d")).toBe("arn:aws:s3:::b/a//b/../c:d"))
  it.each(["", "arn", "arn:aws:kms", "arn:aws:kms:eu-west-1:1:", "x:aws:kms:r:a:key/1"])("refuse %j", (text) =>
    expect(tryParseArn(text)).toBeUndefined(),
  )
})
