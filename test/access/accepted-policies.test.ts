import { describe, expect, it } from "vitest"
import { compilePolicy } from "../../src/access/compile.ts"
import { parsePolicy } from "../../src/access/document.ts"
import { evaluate } from "../../src/access/evaluate.ts"
import type { PolicyKind } from "../../src/access/statement.ts"

/** What policies that AWS has stored contain; each stood as a fault before. */
describe("policies that AWS stores", () => {
  const faultsOf = (kind: PolicyKind, ...Statement: object[]): readonly string[] =>
    parsePolicy({ Version: "2012-10-17", Statement }, kind).issues.map(({ message }) => message)
  const providers = {
    Effect: "Allow",
    Principal: { Federated: "*" },
    Action: ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"],
  }

  it("let an endpoint policy mean every identity provider, and nobody else by that", () => {
    const statement = { ...providers, Resource: "*" }
    expect(faultsOf("endpoint", statement)).toEqual([])
    const endpoint = [compilePolicy({ Version: "2012-10-17", Statement: [statement] }, "endpoint")]
    const [matched] = endpoint[0]?.statements ?? []
    const own = { arn: "arn:aws:iam::111111111111:role/app", account: "111111111111" }
    expect(matched?.names({ kind: "federated", arn: "gitlab.example" })).toBe("direct")
    expect(matched?.names({ kind: "role", ...own, accountArn: "arn:aws:iam::111111111111:root" })).toBeUndefined()
    expect(matched?.names({ kind: "service", arn: "backup.amazonaws.com" })).toBeUndefined()
  })
  it("must name the provider in a trust policy", () => {
    expect(faultsOf("trust", providers)).toEqual([`"*" names no identity provider`])
  })
  it("may be AWS's own of 150,000 characters", () => {
    const actions = Array.from({ length: 5_000 }, (_, at) => `ec2:DescribeSomethingNumber${10_000 + at}`)
    const statement = { Effect: "Allow", Action: actions, Resource: "*" }
    const pretty = JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, null, 20)
    expect(pretty.length).toBeGreaterThan(300_000)
    expect(parsePolicy(pretty, "identity").issues).toEqual([])
  })
  it("hold actions that mean nothing, which deny nothing where they stand stored", () => {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["s3:GetObject", "lambda:ListFunctions ", "config:select-it"], Resource: "*" },
        { Effect: "Deny", Action: "s3: GetObject", Resource: "*" },
      ],
    }
    const ask = (asStored: boolean): string => {
      const identity = [compilePolicy(policy, "identity", { asStored })]
      const request = {
        principal: "arn:aws:sts::111111111111:assumed-role/app/s1",
        action: "s3:GetObject",
        resource: "arn:aws:s3:::data/x",
        resourceAccount: "111111111111",
        facts: {},
      }
      return evaluate(request, { identity, scps: [], rcps: [] }).verdict
    }
    expect(ask(true)).toBe("allowed")
    expect(() => ask(false)).toThrow("is no action")
  })
})
