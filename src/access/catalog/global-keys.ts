import { keyFacts } from "./read-table.ts"
import type { KeyFacts } from "./facts.ts"

/**
 * Keys that any request may carry. Source: IAM User Guide, global condition context keys; rather one too many than one
 * too few, since an unknown key is an error to us.
 */
const EVERYWHERE = `
aws:PrincipalArn ARN
aws:PrincipalAccount String
aws:PrincipalOrgID String
aws:PrincipalOrgPaths ArrayOfString
aws:PrincipalTag/* String
aws:PrincipalType String
aws:PrincipalIsAWSService Bool
aws:PrincipalServiceName String
aws:PrincipalServiceNamesList ArrayOfString
aws:userid String
aws:username String
aws:AssumedRoot Bool
aws:ChatbotSourceArn ARN
aws:Ec2InstanceSourcePrivateIPv4 IPAddress
aws:Ec2InstanceSourceVpc String
aws:FederatedProvider String
aws:MultiFactorAuthAge Numeric
aws:MultiFactorAuthPresent Bool
aws:SignInSessionArn ARN
aws:SourceIdentity String
aws:TokenIssueTime Date
aws:SourceIp IPAddress
aws:SourceVpc String
aws:SourceVpcArn ARN
aws:SourceVpce String
aws:VpcSourceIp IPAddress
aws:VpceAccount String
aws:VpceOrgID String
aws:VpceOrgPaths ArrayOfString
aws:ResourceAccount String
aws:ResourceOrgID String
aws:ResourceOrgPaths ArrayOfString
aws:CalledVia ArrayOfString
aws:CalledViaFirst String
aws:CalledViaLast String
aws:CalledViaAWSMCP String
aws:CurrentTime Date
aws:EpochTime Date
aws:IsMcpServiceAction Bool
aws:RequestedRegion String
aws:SecureTransport Bool
aws:SourceAccount String
aws:SourceArn ARN
aws:SourceOrgID String
aws:SourceOrgPaths ArrayOfString
aws:SourceOwner String
aws:UserAgent String
aws:ViaAWSMCPService Bool
aws:ViaAWSService Bool
aws:referer String
ec2:RoleDelivery Numeric
ec2:SourceInstanceArn ARN
glue:CredentialIssuingService String
glue:RoleAssumedBy String
identitystore:UserId String
lambda:SourceFunctionArn ARN
ssm:SourceInstanceArn ARN
saml:namequalifier String
saml:sub String
saml:sub_type String`

/** Keys of the `aws:` family that only some actions carry: those whose facts name them. */
const OF_SOME_ACTIONS = `
aws:RequestTag/* String
aws:ResourceTag/* String
aws:TagKeys ArrayOfString`

const read = (text: string): KeyFacts[] =>
  text
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", type = ""] = line.split(" ")
      return keyFacts(name, type)
    })

export const KEYS_OF_ALL_ACTIONS: readonly KeyFacts[] = read(EVERYWHERE)
export const TAG_KEYS: readonly KeyFacts[] = read(OF_SOME_ACTIONS)
