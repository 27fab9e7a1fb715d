import { nearest } from "../../kernel/nearest.ts"

/**
 * First parts of AWS's service principals, Regions left out. Source: service-linked role and integration pages of the
 * services' own guides; no list of AWS's is complete, so an unknown one is a warning.
 */
const NAMES = `
a2c a4b access-analyzer access-grants.s3 account acm acm-pca agentless airflow airflow-env airflow-serverless amplify
amplifybackend aoss apidestinations.events apigateway app-integrations appconfig appfabric appflow application-autoscaling
application-insights application-signals.cloudwatch applicationinsights appmesh apprunner appstream
appstream.application-autoscaling appsync aps arc-region-switch arc-zonal-shift athena auditmanager autoscaling
autoscaling-plans aws-artifact-account-sync awsconnector b2bi backup backup-gateway backup-search backupstorage batch
batchoperations.s3 bcm-data-exports bedrock bedrock-agentcore billing billingconsole braket budgets build.apprunner
cassandra cassandra.application-autoscaling channels.lex channels.lexv2 chatbot chime cks.kms cloud9 clouddirectory cloudformation cloudfront
cloudhsm cloudhsmv2 cloudsearch cloudtrail cloudwatch cloudwatch-crossaccount codeartifact codebuild codecommit
codeconnections codedeploy codeguru-profiler codeguru-reviewer codepipeline codestar codestar-connections
codestar-notifications codewhisperer cognito-identity cognito-idp cognito-sync
comprehend comprehend.application-autoscaling compute-optimizer config config-conforms config-multiaccountsetup connect
connect-campaigns console continuousexport.discovery controltower cost-optimization-hub costalerts
credentials.iot cur custom-resource.application-autoscaling databrew dataexchange datapipeline datasync datazone dax
deadline delivery.logs detective devicefarm devops-guru diode directconnect discovery dlm dms dms-data-migrations
docdb-elastic drs ds dsql dynamodb dynamodb.application-autoscaling ec2 ec2-instance-connect
ec2.application-autoscaling ec2fleet ec2scheduled ecr ecs ecs-tasks
ecs.application-autoscaling edgelambda eks eks-connector eks-fargate eks-fargate-pods eks-nodegroup elasticache
elasticache.application-autoscaling elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce
elasticmapreduce.application-autoscaling elastictranscoder emr-containers emr-serverless
email entityresolution es events evidently export.rds finspace firehose fis fms forecast frauddetector freertos fsx
gamelift geo glacier globalaccelerator glue grafana greengrass ground-truth-labeling groundstation guardduty health
healthlake iam identitystore imagebuilder importexport inspector inspector2 internetmonitor invoicing iot iotanalytics
iotevents iotfleetwise iotsitewise iotthingsgraph iottwinmaker iotwireless ivs kafka kafka.application-autoscaling
kafkaconnect kendra kinesis kinesisanalytics kinesisvideo kms lakeformation lambda lambda.application-autoscaling lex lexv2
license-management.marketplace license-manager license-manager-linux-subscriptions lightsail logger.cloudfront logging.s3
logs lookoutequipment lookoutmetrics lookoutvision m2 machinelearning macie macie2
maintenance.s3tables malware-protection malware-protection-plan.guardduty malware-protection.guardduty
managedblockchain managedservices marketplace marketplacecommerceanalytics mediaconnect mediaconvert medialive
mediapackage mediapackagev2 mediastore mediatailor member.org.stacksets.cloudformation memorydb
metering-marketplace mgn migrationhub migrationhub-orchestrator monitoring monitoring.rds mq mrk.kms
neptune-graph network-firewall networkmanager notifications oam observabilityadmin omics ops.apigateway
ops.emr-serverless opsworks opsworks-cm organizations osis-pipelines outposts panorama partnercentral payment-cryptography pcs
personalize pi pinpoint pipes pods.eks polly private-networks profile proton pullthroughcache.ecr
purchaseorders q qbusiness qldb quicksight ram rds rds.application-autoscaling redshift
redshift-data redshift-serverless rekognition replication.dynamodb replication.ecr replicator.lambda repost
repostspace resiliencehub resource-explorer-2 resource-groups rolesanywhere route53 route53-recovery-control-config
route53-recovery-readiness route53domains route53profiles route53resolver rum s3 s3-object-lambda s3-outposts s3tables
s3vectors sagemaker sagemaker.application-autoscaling savingsplans scheduler schemas secretsmanager securityhub
securityhubv2 securitylake serverlessrepo servicecatalog servicecatalog-appregistry servicediscovery servicequotas ses
shield signer signin simpledb sms sms-voice snow-device-management snowball sns social-messaging spot spotfleet sqs ssm
ssm-contacts ssm-guiconnect ssm-incidents ssm-quicksetup ssm-sap sso stacksets.cloudformation states
storage-lens.s3 storagegateway streams.metrics.cloudwatch sts support supportapp swf synthetics tag tagpolicies.tag
tasks.apprunner textract timestream timestream-influxdb tnb transcribe transcribe.streaming transfer translate
transitgateway trustedadvisor tts user-subscriptions verified-access verifiedpermissions vmie voiceid vpc-flow-logs
vpc-lattice vpcorigin.cloudfront waf waf-regional wafv2 wellarchitected wisdom workdocs worklink workmail workspaces
workspaces-instances workspaces-web xray`

const KNOWN: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/))
const REGION = /^(?:us-gov|us-iso[bf]?|[a-z]{2,4})-(?:[a-z]+-)?[a-z]+-\d$/

/** `backup.amazonaws.com`, `logs.eu-central-1.amazonaws.com`; what it probably was meant to be, if it is none of AWS's. */
export function servicePrincipalProblem(value: string): { readonly suggestion?: string } | undefined {
  const match = /^([a-z0-9][a-z0-9.-]*)\.(amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal|aws)$/i.exec(value)
  const labels = (match?.[1] ?? value).toLowerCase().split(".")
  const name = labels.filter((label) => !REGION.test(label)).join(".")
  // Principals outside amazonaws.com are few and documented nowhere in one place.
  if (match !== null && (KNOWN.has(name) || !/^amazonaws/i.test(match[2] ?? ""))) return undefined
  const bare = name.replace(/\.?amazon(?:aws)?(?:\.com)?$/, "")
  const near = KNOWN.has(bare) ? bare : nearest(bare, [...KNOWN])
  return near === undefined ? {} : { suggestion: `${near}.amazonaws.com` }
}
