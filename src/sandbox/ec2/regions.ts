import { ask } from "../core/ask.ts"
import { ServiceError } from "../core/exchange.ts"
import type { Form } from "../protocol/query.ts"
import type { Handler } from "./ebs-encryption.ts"

/** Those that every account has from its first day. */
const REGIONS = [
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
]

export const describeRegions: Handler = ({ call, form }) => {
  ask(call, "ec2:DescribeRegions")
  const named = namesIn(form)
  const missing = named.filter((name) => !REGIONS.includes(name))
  if (missing.length > 0) throw new ServiceError("InvalidParameterValue", `Invalid region name: ${missing.join(", ")}`)
  const regions = named.length === 0 ? REGIONS : named
  return {
    regionInfo: regions.map((name) => ({
      regionName: name,
      regionEndpoint: `ec2.${name}.amazonaws.com`,
      optInStatus: "opt-in-not-required",
    })),
  }
}

const namesIn = (form: Form): string[] =>
  [...form].filter(([name]) => /^RegionName\.\d+$/.test(name)).map(([, value]) => value)
