import { describe, expect, it } from "vitest"
import type { AccountId } from "../../../src/kernel/brands.ts"
import { organizationDirectory } from "../../../src/sandbox/organizations/directory.ts"
import { foundOrganization, type OrganizationStore } from "../../../src/sandbox/organizations/organization.ts"
import { attach, attachDefaults, type PolicyType } from "../../../src/sandbox/organizations/policies.ts"

const WORKLOAD = "111111111111" as AccountId
const MANAGEMENT = "333333333333" as AccountId
const UNIT = "ou-sbx1-00000001"

function storeWithUnit(): OrganizationStore {
  const accounts = [
    { id: WORKLOAD, name: "workload" },
    { id: MANAGEMENT, name: "management" },
  ]
  const current = foundOrganization("o-sandbox1234", MANAGEMENT, accounts, 0)
  current.units.set(UNIT, { id: UNIT, name: "prod", parent: "r-sbx1", tags: new Map() })
  const member = current.members.get(WORKLOAD)
  if (member !== undefined) member.parent = UNIT
  return { current, openAccount: () => {} }
}

function enable(store: OrganizationStore, type: PolicyType): void {
  const { current } = store
  current?.enabled.add(type)
  if (current !== undefined) for (const target of ["r-sbx1", UNIT, WORKLOAD]) attachDefaults(current, target)
}

describe("the organisation as the authorizer asks it", () => {
  it("is not there before it was founded", () =>
    expect(organizationDirectory({ current: undefined, openAccount: () => {} })).toBeUndefined())

  it("gives the levels of an account from the root downward", () => {
    const store = storeWithUnit()
    const directory = organizationDirectory(store)
    expect(directory?.levels(WORKLOAD, "SERVICE_CONTROL_POLICY")).toEqual([])
    enable(store, "SERVICE_CONTROL_POLICY")
    if (store.current !== undefined) store.current.revision++
    const levels = directory?.levels(WORKLOAD, "SERVICE_CONTROL_POLICY") ?? []
    expect(levels.map(({ target }) => target)).toEqual(["r-sbx1", UNIT, WORKLOAD])
    expect(levels[1]?.policies).toEqual([
      {
        name: "FullAWSAccess",
        arn: "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
        text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
      },
    ])
    expect(directory?.levels(WORKLOAD, "RESOURCE_CONTROL_POLICY")).toEqual([])
    expect(directory?.levels("999999999999" as AccountId, "SERVICE_CONTROL_POLICY")).toEqual([])
  })
  it("gives the same levels until something changes", () => {
    const store = storeWithUnit()
    enable(store, "SERVICE_CONTROL_POLICY")
    const directory = organizationDirectory(store)
    const before = directory?.levels(WORKLOAD, "SERVICE_CONTROL_POLICY")
    expect(directory?.levels(WORKLOAD, "SERVICE_CONTROL_POLICY")).toBe(before)
    if (store.current !== undefined) {
      attach(store.current, WORKLOAD, "p-none")
      store.current.revision++
    }
    expect(organizationDirectory(store)?.levels(WORKLOAD, "SERVICE_CONTROL_POLICY")).not.toBe(before)
  })
  it("tells under what path an account stands", () => {
    const directory = organizationDirectory(storeWithUnit())
    expect(directory?.pathOf(WORKLOAD)).toBe(`o-sandbox1234/r-sbx1/${UNIT}/`)
    expect(directory?.pathOf(MANAGEMENT)).toBe("o-sandbox1234/r-sbx1/")
    expect(directory?.pathOf("999999999999" as AccountId)).toBeUndefined()
  })
})
