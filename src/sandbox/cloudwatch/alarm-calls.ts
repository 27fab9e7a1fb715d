import { MINUTE } from "../../kernel/units.ts"
import { ask, requestTags } from "../core/ask.ts"
import { ServiceError } from "../core/exchange.ts"
import {
  flag,
  number,
  oneOf,
  optionalNumber,
  optionalText,
  tagList,
  tagsIn,
  text,
  texts,
  type Input,
} from "../protocol/input.ts"
import { COMPARISONS, evaluate, MISSING_DATA, type Alarm, type AlarmSettings } from "./alarm.ts"
import {
  dimensionsOut,
  given,
  invalidValue,
  metricIn,
  missingParameter,
  notImplemented,
  paged,
  type CloudWatchCall,
  type Handler,
  type Output,
} from "./cloudwatch-call.ts"
import { periodIn, statisticIn } from "./metric-calls.ts"
import { alarmArn, alarmKey, alarmsIn } from "./store.ts"

function settingsIn(input: Input): AlarmSettings {
  for (const name of ["Metrics", "ExtendedStatistic", "ThresholdMetricId", "EvaluationCriteria"])
    if (input[name] !== undefined) throw notImplemented(`alarm with ${name}`)
  const { namespace, name, dimensions } = metricIn(input)
  const comparison = oneOf(input, "ComparisonOperator", COMPARISONS)
  if (comparison === undefined) throw missingParameter("ComparisonOperator")
  const evaluationPeriods = number(input, "EvaluationPeriods")
  const datapointsToAlarm = optionalNumber(input, "DatapointsToAlarm") ?? evaluationPeriods
  if (!(evaluationPeriods >= 1 && datapointsToAlarm >= 1 && datapointsToAlarm <= evaluationPeriods))
    throw invalidValue("DatapointsToAlarm must be between 1 and EvaluationPeriods.")
  const unit = optionalText(input, "Unit")
  const description = optionalText(input, "AlarmDescription")
  return {
    namespace,
    metricName: name,
    dimensions,
    statistic: statisticIn(input, "Statistic"),
    ...(unit === undefined ? {} : { unit }),
    period: periodIn(input),
    evaluationPeriods,
    datapointsToAlarm,
    threshold: number(input, "Threshold"),
    comparison,
    missingData: oneOf(input, "TreatMissingData", MISSING_DATA) ?? "missing",
    ...(description === undefined ? {} : { description }),
    actionsEnabled: flag(input, "ActionsEnabled") ?? true,
    okActions: texts(input, "OKActions"),
    alarmActions: texts(input, "AlarmActions"),
    insufficientDataActions: texts(input, "InsufficientDataActions"),
  }
}

/** Of an alarm that exists the state stays and new tags are ignored. */
const putMetricAlarm: Handler = ({ call, input, store, place }) => {
  const name = given(input, "AlarmName")
  const settings = settingsIn(input)
  const tags = tagsIn(input)
  const arn = alarmArn(place, name)
  ask(call, "cloudwatch:PutMetricAlarm", arn, { context: requestTags(tags) })
  const now = call.world.clock.now()
  const known = store.alarms.get(alarmKey(place, name))
  if (known !== undefined) {
    Object.assign(known, { settings, configuredAt: now })
    return undefined
  }
  store.alarms.set(alarmKey(place, name), {
    ...place,
    name,
    arn,
    tags,
    settings,
    configuredAt: now,
    state: "INSUFFICIENT_DATA",
    reason: "Unchecked: Initial alarm creation",
    stateAt: now,
    heldUntil: 0,
  })
  return undefined
}

const describeAlarms: Handler = (each) => {
  const { call, input, store, place } = each
  ask(call, "cloudwatch:DescribeAlarms", alarmArn(place, "*"))
  const names = texts(input, "AlarmNames")
  const prefix = optionalText(input, "AlarmNamePrefix") ?? ""
  const state = optionalText(input, "StateValue")
  const types = texts(input, "AlarmTypes")
  const most = optionalNumber(input, "MaxRecords") ?? 50
  if (!(most >= 1 && most <= 100)) throw invalidValue("MaxRecords must be between 1 and 100.")
  const own = types.length === 0 || types.includes("MetricAlarm") ? alarmsIn(store, place) : []
  for (const alarm of own) evaluate(store, alarm, call.world.clock.now())
  const found = own
    .filter((alarm) => names.length === 0 || names.includes(alarm.name))
    .filter((alarm) => alarm.name.startsWith(prefix) && (state === undefined || alarm.state === state))
  const page = paged(each, found, (alarm) => alarm.name, most)
  return { CompositeAlarms: [], MetricAlarms: page.items.map(alarmOut), NextToken: page.next }
}

const alarmOut = ({ settings, ...alarm }: Alarm): Output => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  AlarmDescription: settings.description,
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
  ActionsEnabled: settings.actionsEnabled,
  OKActions: settings.okActions,
  AlarmActions: settings.alarmActions,
  InsufficientDataActions: settings.insufficientDataActions,
  StateValue: alarm.state,
  StateReason: alarm.reason,
  StateUpdatedTimestamp: new Date(alarm.stateAt),
  StateTransitionedTimestamp: new Date(alarm.stateAt),
  MetricName: settings.metricName,
  Namespace: settings.namespace,
  Statistic: settings.statistic,
  Dimensions: dimensionsOut(settings.dimensions),
  Period: settings.period,
  Unit: settings.unit,
  EvaluationPeriods: settings.evaluationPeriods,
  DatapointsToAlarm: settings.datapointsToAlarm,
  Threshold: settings.threshold,
  ComparisonOperator: settings.comparison,
  TreatMissingData: settings.missingData,
})

const deleteAlarms: Handler = ({ call, input, store, place }) => {
  const names = texts(input, "AlarmNames")
  for (const name of names) ask(call, "cloudwatch:DeleteAlarms", alarmArn(place, name))
  for (const name of names) store.alarms.delete(alarmKey(place, name))
  return undefined
}

/** Holds until the alarm is judged again, a minute or one period later. */
const setAlarmState: Handler = ({ call, input, store, place }) => {
  const name = given(input, "AlarmName")
  const state = oneOf(input, "StateValue", ["OK", "ALARM", "INSUFFICIENT_DATA"])
  if (state === undefined) throw missingParameter("StateValue")
  const reason = given(input, "StateReason")
  ask(call, "cloudwatch:SetAlarmState", alarmArn(place, name))
  const alarm = store.alarms.get(alarmKey(place, name))
  if (alarm === undefined) throw noSuchAlarm()
  const now = call.world.clock.now()
  const heldUntil = now + Math.min(alarm.settings.period * 1000, MINUTE)
  Object.assign(alarm, { state, reason, stateAt: now, heldUntil })
  return undefined
}

const noSuchAlarm = (): ServiceError => new ServiceError("ResourceNotFound", "Unknown alarm", 404)

function taggedIn({ call, input, store, place }: CloudWatchCall, action: string): Map<string, string> {
  const arn = text(input, "ResourceARN")
  ask(call, `cloudwatch:${action}`, arn)
  const alarm = alarmsIn(store, place).find((each) => each.arn === arn)
  if (alarm === undefined) throw new ServiceError("ResourceNotFoundException", `No such resource: ${arn}`, 404)
  return alarm.tags
}

const tagResource: Handler = (each) => {
  const added = tagsIn(each.input)
  const tags = taggedIn(each, "TagResource")
  for (const [key, value] of added) tags.set(key, value)
  return undefined
}

const untagResource: Handler = (each) => {
  const keys = texts(each.input, "TagKeys")
  const tags = taggedIn(each, "UntagResource")
  for (const key of keys) tags.delete(key)
  return undefined
}

export const ALARM_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["PutMetricAlarm", putMetricAlarm],
  ["DescribeAlarms", describeAlarms],
  ["DeleteAlarms", deleteAlarms],
  ["SetAlarmState", setAlarmState],
  ["ListTagsForResource", (each) => ({ Tags: tagList(taggedIn(each, "ListTagsForResource")) })],
  ["TagResource", tagResource],
  ["UntagResource", untagResource],
]
