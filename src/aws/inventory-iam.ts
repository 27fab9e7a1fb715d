import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam"
import type { RoleArn } from "../kernel/brands.ts"
import type { AccountReader } from "../keys/inventory-port.ts"
import { everyPage, incomplete, type ReaderParts } from "./inventory-call.ts"

export type IamReader = Pick<
  AccountReader,
  "role" | "inlinePolicies" | "inlinePolicy" | "attachedPolicies" | "managedPolicy"
>

export function iamReader({ clients, session, region, call }: ReaderParts): IamReader {
  const iam = () => clients.iam(region, session.credentials)
  const named = (operation: string, subject: string) => ({ service: "iam", operation, region, subject })
  return {
    async role(name) {
      const { Role: role } = await call(named("GetRole", `role ${name}`), async (options) =>
        (await iam()).send(new GetRoleCommand({ RoleName: name }), options),
      )
      if (!role?.Arn || role.AssumeRolePolicyDocument === undefined) throw incomplete("iam:GetRole", name)
      const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn
      return {
        arn: role.Arn as RoleArn,
        trust: decodeURIComponent(role.AssumeRolePolicyDocument),
        tags: Object.fromEntries((role.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
        ...(boundary === undefined ? {} : { boundary }),
      }
    },
    inlinePolicies: (role) =>
      everyPage(async (Marker) => {
        const page = await call(named("ListRolePolicies", `role ${role}`), async (options) =>
          (await iam()).send(
            new ListRolePoliciesCommand({ RoleName: role, ...(Marker === undefined ? {} : { Marker }) }),
            options,
          ),
        )
        return { items: page.PolicyNames, next: page.IsTruncated === true ? page.Marker : undefined }
      }),
    async inlinePolicy(role, policy) {
      const { PolicyDocument } = await call(named("GetRolePolicy", `${policy} of role ${role}`), async (options) =>
        (await iam()).send(new GetRolePolicyCommand({ RoleName: role, PolicyName: policy }), options),
      )
      if (PolicyDocument === undefined) throw incomplete("iam:GetRolePolicy", policy)
      return decodeURIComponent(PolicyDocument)
    },
    async attachedPolicies(role) {
      const attached = await everyPage(async (Marker) => {
        const page = await call(named("ListAttachedRolePolicies", `role ${role}`), async (options) =>
          (await iam()).send(
            new ListAttachedRolePoliciesCommand({ RoleName: role, ...(Marker === undefined ? {} : { Marker }) }),
            options,
          ),
        )
        return { items: page.AttachedPolicies, next: page.IsTruncated === true ? page.Marker : undefined }
      })
      return attached.flatMap(({ PolicyArn }) => (PolicyArn === undefined ? [] : [PolicyArn]))
    },
    async managedPolicy(arn) {
      const { Policy: policy } = await call(named("GetPolicy", arn), async (options) =>
        (await iam()).send(new GetPolicyCommand({ PolicyArn: arn }), options),
      )
      const version = policy?.DefaultVersionId
      if (version === undefined) throw incomplete("iam:GetPolicy", arn)
      const { PolicyVersion: stored } = await call(named("GetPolicyVersion", arn), async (options) =>
        (await iam()).send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: version }), options),
      )
      if (stored?.Document === undefined) throw incomplete("iam:GetPolicyVersion", arn)
      return decodeURIComponent(stored.Document)
    },
  }
}
