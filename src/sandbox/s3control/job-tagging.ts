import type { SandboxResponse } from "../core/exchange.ts"
import { attempt } from "../s3/attempt.ts"
import { resourceTagFacts } from "../s3/request-facts.ts"
import { readTagSet } from "../s3/tag-xml.ts"
import { child, leaf, malformedXml, node, readRoot } from "../s3/xml.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { targetJob, type ControlCall } from "./control-call.ts"

export function getJobTagging(control: ControlCall): SandboxResponse {
  const job = targetJob(control, "GetJobTagging")
  const tags = job.tags.map(([name, value]) => node("member", leaf("Key", name), leaf("Value", value)))
  return xmlAnswer(control.call.requestId, "GetJobTaggingResult", node("Tags", ...tags))
}

/** Replaces all tags. */
export function putJobTagging(control: ControlCall): SandboxResponse {
  const tags = attempt(() => {
    const set = child(readRoot(control.call.request.body, "PutJobTaggingRequest"), "Tags")
    if (set === undefined) throw malformedXml()
    return readTagSet(set, 50)
  })
  const job = targetJob(control, "PutJobTagging", () => resourceTagFacts(tags.value ?? []))
  job.tags = tags.orThrow()
  return xmlAnswer(control.call.requestId, "PutJobTaggingResult")
}

export function deleteJobTagging(control: ControlCall): SandboxResponse {
  targetJob(control, "DeleteJobTagging").tags = []
  return emptyAnswer(control.call.requestId, 204)
}
