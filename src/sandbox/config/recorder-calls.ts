import { formatArn, partitionOf } from "../../access/arn.ts"
import { structure, text, texts, optionalText } from "../protocol/input.ts"
import { epochSeconds } from "../protocol/json-service.ts"
import { allowed, refused, type ConfigCall, type Handler } from "./config-call.ts"
import type { Recorder } from "./store.ts"

const arnOf = ({ place: { account, region } }: ConfigCall, name: string): string =>
  formatArn({
    partition: partitionOf(region),
    service: "config",
    region,
    account,
    resource: `configuration-recorder/${name}`,
  })

const putRecorder: Handler = (each) => {
  const { input, place } = each
  const wanted = structure(input, "ConfigurationRecorder")
  const name = optionalText(wanted ?? {}, "name") ?? "default"
  allowed(each, arnOf(each, name))
  const roleArn = optionalText(wanted ?? {}, "roleARN")
  if (roleArn === undefined) throw refused("InvalidRole", "You have provided a null or empty role ARN.")
  const known = place.recorder
  if (known !== undefined && known.name !== name) {
    throw refused(
      "MaxNumberOfConfigurationRecordersExceeded",
      `Failed to put configuration recorder '${name}' because the maximum number of configuration recorders: 1 is reached.`,
    )
  }
  const recordingGroup = structure(wanted ?? {}, "recordingGroup") ?? {
    allSupported: true,
    includeGlobalResourceTypes: false,
    resourceTypes: [],
  }
  if (known === undefined) place.recorder = { name, roleArn, recordingGroup, recording: false }
  else Object.assign(known, { roleArn, recordingGroup })
  return undefined
}

const noSuchRecorder = (name: string): Error =>
  refused("NoSuchConfigurationRecorder", `Cannot find configuration recorder with specified name '${name}'.`)

function recorderNamed(each: ConfigCall): Recorder {
  const name = text(each.input, "ConfigurationRecorderName")
  allowed(each, arnOf(each, name))
  const { recorder } = each.place
  if (recorder?.name !== name) throw noSuchRecorder(name)
  return recorder
}

/** The account's recorder, unless others are asked for by name. */
function recordersAsked(each: ConfigCall): Recorder[] {
  allowed(each)
  const { recorder } = each.place
  const names = texts(each.input, "ConfigurationRecorderNames")
  const missing = names.find((name) => name !== recorder?.name)
  if (missing !== undefined) throw noSuchRecorder(missing)
  return recorder === undefined ? [] : [recorder]
}

const start: Handler = (each) => {
  const recorder = recorderNamed(each)
  if (each.place.channel === undefined) {
    throw refused("NoAvailableDeliveryChannel", "Delivery channel is not available to start configuration recorder.")
  }
  recorder.recording = true
  recorder.startedAt = each.call.world.clock.now()
  return undefined
}

const stop: Handler = (each) => {
  const recorder = recorderNamed(each)
  recorder.recording = false
  recorder.stoppedAt = each.call.world.clock.now()
  return undefined
}

const deleteRecorder: Handler = (each) => {
  recorderNamed(each)
  delete each.place.recorder
  return undefined
}

const describe: Handler = (each) => ({
  ConfigurationRecorders: recordersAsked(each).map((recorder) => ({
    arn: arnOf(each, recorder.name),
    name: recorder.name,
    roleARN: recorder.roleArn,
    recordingGroup: recorder.recordingGroup,
    recordingScope: "PAID",
  })),
})

const describeStatus: Handler = (each) => ({
  ConfigurationRecordersStatus: recordersAsked(each).map((recorder) => ({
    arn: arnOf(each, recorder.name),
    name: recorder.name,
    recording: recorder.recording,
    lastStatus: recorder.recording ? "SUCCESS" : "PENDING",
    ...(recorder.startedAt === undefined ? {} : { lastStartTime: epochSeconds(recorder.startedAt) }),
    ...(recorder.stoppedAt === undefined ? {} : { lastStopTime: epochSeconds(recorder.stoppedAt) }),
  })),
})

/** Nothing is delivered; a recorder cannot start without a channel, here as at AWS. */
const putChannel: Handler = (each) => {
  const channel = structure(each.input, "DeliveryChannel")
  allowed(each)
  if (each.place.recorder === undefined)
    throw refused(
      "NoAvailableConfigurationRecorder",
      "Configuration recorder is not available to put delivery channel.",
    )
  if (channel === undefined || optionalText(channel, "s3BucketName") === undefined)
    throw refused("NoSuchBucket", "The specified S3 bucket does not exist.")
  each.place.channel = { name: "default", ...channel }
  return undefined
}

const describeChannels: Handler = (each) => {
  allowed(each)
  return { DeliveryChannels: each.place.channel === undefined ? [] : [each.place.channel] }
}

const deleteChannel: Handler = (each) => {
  const name = text(each.input, "DeliveryChannelName")
  allowed(each)
  if (each.place.channel?.["name"] !== name)
    throw refused("NoSuchDeliveryChannel", `Cannot find delivery channel with specified name '${name}'.`)
  if (each.place.recorder?.recording === true) {
    throw refused(
      "LastDeliveryChannelDeleteFailed",
      `Failed to delete last specified delivery channel with name '${name}', because there is a running configuration recorder.`,
    )
  }
  delete each.place.channel
  return undefined
}

export const RECORDER_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["PutConfigurationRecorder", putRecorder],
  ["DescribeConfigurationRecorders", describe],
  ["DescribeConfigurationRecorderStatus", describeStatus],
  ["StartConfigurationRecorder", start],
  ["StopConfigurationRecorder", stop],
  ["DeleteConfigurationRecorder", deleteRecorder],
  ["PutDeliveryChannel", putChannel],
  ["DescribeDeliveryChannels", describeChannels],
  ["DeleteDeliveryChannel", deleteChannel],
]
