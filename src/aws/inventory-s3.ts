import {
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3"
import { isRegionName, type RegionName } from "../kernel/brands.ts"
import type { AccountReader } from "../keys/inventory-port.ts"
import { noneFor, type ReaderParts } from "./inventory-call.ts"

type S3Reader = Pick<AccountReader, "bucketRegion" | "bucketPolicy" | "bucketKey" | "usesBucketKey">

/** Every call says who must own the bucket: a bucket of somebody else with the name is refused. */
export function s3Reader({ clients, session, call }: ReaderParts): S3Reader {
  const s3 = (region: RegionName) => clients.s3(region, session.credentials)
  const named = (operation: string, region: RegionName, bucket: string) => ({
    service: "s3",
    operation,
    region,
    subject: `s3://${bucket}`,
  })
  const asked = (bucket: string) => ({ Bucket: bucket, ExpectedBucketOwner: session.account })
  const defaultOf = async (bucket: string, region: RegionName): Promise<ServerSideEncryptionRule | undefined> => {
    const answer = await noneFor(
      "ServerSideEncryptionConfigurationNotFoundError",
      call(named("GetBucketEncryption", region, bucket), (options) =>
        s3(region).send(new GetBucketEncryptionCommand(asked(bucket)), options),
      ),
    )
    return answer?.ServerSideEncryptionConfiguration?.Rules?.[0]
  }
  return {
    async bucketRegion(bucket, region) {
      const { LocationConstraint: where } = await call(named("GetBucketLocation", region, bucket), (options) =>
        s3(region).send(new GetBucketLocationCommand(asked(bucket)), options),
      )
      // The two oldest answers: nothing for the first Region, EU for the second.
      const found: string = where === undefined || (where as string) === "" ? "us-east-1" : where
      const name = found === "EU" ? "eu-west-1" : found
      return isRegionName(name) ? name : region
    },
    async bucketPolicy(bucket, region) {
      const answer = await noneFor(
        "NoSuchBucketPolicy",
        call(named("GetBucketPolicy", region, bucket), (options) =>
          s3(region).send(new GetBucketPolicyCommand(asked(bucket)), options),
        ),
      )
      return answer?.Policy
    },
    async bucketKey(bucket, region) {
      return (await defaultOf(bucket, region))?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID
    },
    async usesBucketKey(bucket, region) {
      return (await defaultOf(bucket, region))?.BucketKeyEnabled ?? false
    },
  }
}
