import { describe, expect, it } from "vitest"
import type { AccountId } from "../../../src/kernel/brands.ts"
import { identityDirectory } from "../../../src/sandbox/iam/directory.ts"
import { makeRole } from "../../../src/sandbox/iam/roles.ts"
import { iamStore } from "../../../src/sandbox/iam/store.ts"

const ACCOUNT = "111111111111" as AccountId
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"

describe("IAM as the authorizer asks it", () => {
  it("gives a role's own and attached policies, its boundary and its tags", () => {
    const store = iamStore()
    const role = makeRole(
      { account: ACCOUNT, name: "drill", path: "/team/", trust: "{}", boundary: ADMIN, tags: new Map([["k", "v"]]) },
      0,
      (size) => Buffer.alloc(size),
    )
    role.policies.set("read", '{"Statement":[]}')
    role.attached.add(ADMIN)
    store.roles.add(role)
    const principal = (arn: string) => identityDirectory(store).principal(arn)
    const administrator = { name: "AdministratorAccess", arn: ADMIN, text: expect.stringContaining('"Action":"*"') }
    expect(principal("arn:aws:iam::111111111111:role/team/drill")).toEqual({
      policies: [{ name: "read", text: '{"Statement":[]}' }, administrator],
      boundary: administrator,
      tags: { k: "v" },
    })
    expect(principal("arn:aws:iam::111111111111:role/drill")).toBeUndefined()
    store.roles.remove(role)
    expect(principal("arn:aws:iam::111111111111:role/team/drill")).toBeUndefined()
  })
  it("knows every account's administrator and no other user", () => {
    const principal = (arn: string) => identityDirectory(iamStore()).principal(arn)
    expect(principal("arn:aws:iam::222222222222:user/sandbox-admin")?.policies).toMatchObject([{ arn: ADMIN }])
    expect(principal("arn:aws:iam::222222222222:user/alice")).toBeUndefined()
  })
})
