import { formatArn, partitionOf } from "../../access/arn.ts"
import { ask } from "../core/ask.ts"
import { ServiceError, type Call, type Service } from "../core/exchange.ts"
import { optionalNumber, optionalText, text, type Input } from "../protocol/input.ts"
import { jsonService, type JsonHandler } from "../protocol/json-service.ts"
import { pageOf, type Page } from "../protocol/page.ts"
import { QUOTAS, SERVICE_NAMES, type Quota } from "./quotas.ts"

/** An applied quota is the account's, a default one AWS's. */
function quotaOut({ caller, region }: Call, quota: Quota, applied: boolean): object {
  const account = applied ? caller.account : ""
  const resource = `${quota.service}/${quota.code}`
  return {
    ServiceCode: quota.service,
    ServiceName: SERVICE_NAMES.get(quota.service),
    QuotaArn: formatArn({ partition: partitionOf(region), service: "servicequotas", region, account, resource }),
    QuotaCode: quota.code,
    QuotaName: quota.name,
    Value: quota.valueIn(region),
    Unit: "None",
    Adjustable: quota.adjustable,
    GlobalQuota: false,
    ...(quota.perSecond === true ? { Period: { PeriodValue: 1, PeriodUnit: "SECOND" } } : {}),
    ...(quota.usage === undefined ? {} : { UsageMetric: usageMetric(quota.usage) }),
    ...(applied ? { QuotaAppliedAtLevel: "ACCOUNT" } : {}),
  }
}

const usageMetric = (resource: string): object => ({
  MetricNamespace: "AWS/Usage",
  MetricName: "CallCount",
  MetricDimensions: { Class: "None", Resource: resource, Service: "KMS", Type: "API" },
  MetricStatisticRecommendation: "Sum",
})

const noSuchResource = (message: string): ServiceError => new ServiceError("NoSuchResourceException", message)

function paged<T>(
  call: Call,
  input: Input,
  subject: string,
  items: readonly T[],
  nameOf: (item: T) => string,
): Page<T> {
  const most = optionalNumber(input, "MaxResults") ?? 100
  if (!(most >= 1 && most <= 100))
    throw new ServiceError("IllegalArgumentException", "MaxResults must be between 1 and 100.")
  return pageOf(items, {
    subject: `${call.caller.account} ${call.region} ${subject}`,
    nameOf,
    token: optionalText(input, "NextToken"),
    size: Math.min(most, call.world.settings.pageSize ?? most),
    invalid: () => new ServiceError("InvalidPaginationTokenException", "The token is not valid for this request."),
  })
}

const list =
  (action: string, applied: boolean): JsonHandler =>
  (call, input) => {
    const service = text(input, "ServiceCode")
    ask(call, `servicequotas:${action}`)
    if (!SERVICE_NAMES.has(service)) throw noSuchResource(`The service code ${service} does not exist.`)
    const own = QUOTAS.filter((quota) => quota.service === service)
    const page = paged(call, input, `${action} ${service}`, own, (quota) => quota.code)
    return { Quotas: page.items.map((quota) => quotaOut(call, quota, applied)), NextToken: page.next }
  }

const get =
  (action: string, applied: boolean): JsonHandler =>
  (call, input) => {
    const service = text(input, "ServiceCode")
    const code = text(input, "QuotaCode")
    ask(call, `servicequotas:${action}`)
    const quota = QUOTAS.find((each) => each.service === service && each.code === code)
    if (quota === undefined) throw noSuchResource(`The quota ${code} of the service ${service} does not exist.`)
    return { Quota: quotaOut(call, quota, applied) }
  }

const listServices: JsonHandler = (call, input) => {
  ask(call, "servicequotas:ListServices")
  const page = paged(call, input, "ListServices", [...SERVICE_NAMES], ([code]) => code)
  const services = page.items.map(([ServiceCode, ServiceName]) => ({ ServiceCode, ServiceName }))
  return { Services: services, NextToken: page.next }
}

/** Quotas of KMS and S3 as AWS begins with them; nobody can raise them here. */
export const createServiceQuotas = (): Service =>
  jsonService(
    "servicequotas",
    "ServiceQuotasV20190624",
    new Map<string, JsonHandler>([
      ["ListServices", listServices],
      ["ListServiceQuotas", list("ListServiceQuotas", true)],
      ["GetServiceQuota", get("GetServiceQuota", true)],
      ["ListAWSDefaultServiceQuotas", list("ListAWSDefaultServiceQuotas", false)],
      ["GetAWSDefaultServiceQuota", get("GetAWSDefaultServiceQuota", false)],
    ]),
  )
