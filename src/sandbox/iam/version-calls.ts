import { isoStamp } from "../../kernel/clock.ts"
import type { Xml } from "../protocol/query.ts"
import { managedDocument } from "./documents.ts"
import { conflict, constraint, limitExceeded, noSuchEntity } from "./errors.ts"
import { paged, required, type Handler } from "./iam-call.ts"
import type { ManagedPolicy } from "./managed-policies.ts"
import { ownPolicyFor, policyFor } from "./policy-calls.ts"

type Version = ManagedPolicy["versions"][number]

const MOST_VERSIONS = 5

function versionOf(policy: ManagedPolicy, id: string): Version {
  if (!/^v[1-9][0-9]*$/.test(id))
    throw constraint("versionId", "satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?", id)
  const version = policy.versions.find((each) => each.id === id)
  if (version === undefined)
    throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`)
  return version
}

const versionXml = (policy: ManagedPolicy, version: Version): { readonly [name: string]: Xml } => ({
  VersionId: version.id,
  IsDefaultVersion: version.id === policy.defaultVersion,
  CreateDate: isoStamp(version.createdAt),
})

const createVersion: Handler = (iam) => {
  const text = managedDocument(iam.form)
  const policy = ownPolicyFor(iam, "CreatePolicyVersion")
  if (policy.versions.length >= MOST_VERSIONS) {
    throw limitExceeded(
      `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
    )
  }
  policy.versionCount++
  const version = { id: `v${policy.versionCount}`, text, createdAt: iam.call.world.clock.now() }
  policy.versions = [...policy.versions, version]
  policy.updatedAt = version.createdAt
  if (iam.form.get("SetAsDefault") === "true") policy.defaultVersion = version.id
  return { PolicyVersion: versionXml(policy, version) }
}

const getVersion: Handler = (iam) => {
  const id = required(iam.form, "VersionId")
  const policy = policyFor(iam, "GetPolicyVersion")
  const version = versionOf(policy, id)
  return { PolicyVersion: { Document: encodeURIComponent(version.text), ...versionXml(policy, version) } }
}

const deleteVersion: Handler = (iam) => {
  const id = required(iam.form, "VersionId")
  const policy = ownPolicyFor(iam, "DeletePolicyVersion")
  const version = versionOf(policy, id)
  if (version.id === policy.defaultVersion) throw conflict("Cannot delete the default version of a policy.")
  policy.versions = policy.versions.filter((each) => each !== version)
  return undefined
}

const setDefault: Handler = (iam) => {
  const id = required(iam.form, "VersionId")
  const policy = ownPolicyFor(iam, "SetDefaultPolicyVersion")
  policy.defaultVersion = versionOf(policy, id).id
  policy.updatedAt = iam.call.world.clock.now()
  return undefined
}

const listVersions: Handler = (iam) => {
  const policy = policyFor(iam, "ListPolicyVersions")
  const ordered = (version: Version): string => version.id.slice(1).padStart(8, "0")
  const { page, tail } = paged(iam, `versions ${policy.arn}`, policy.versions, ordered)
  return { Versions: page.map((version) => versionXml(policy, version)), ...tail }
}

export const VERSION_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["CreatePolicyVersion", createVersion],
  ["GetPolicyVersion", getVersion],
  ["DeletePolicyVersion", deleteVersion],
  ["SetDefaultPolicyVersion", setDefault],
  ["ListPolicyVersions", listVersions],
]
