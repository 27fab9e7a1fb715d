import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { blockXml, readBlock } from "../s3/public-access.ts"
import { readRoot } from "../s3/xml.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { authorizeAccount, type ControlCall } from "./control-call.ts"

/** Block Public Access of the whole account: S3 takes the stricter of this and the bucket's own. */

export function getAccountBlock(control: ControlCall): SandboxResponse {
  authorizeAccount(control, "GetAccountPublicAccessBlock")
  const block = control.s3.state.accountBlocks.get(control.account)
  if (block === undefined) {
    throw new ServiceError(
      "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found",
      404,
      { AccountId: control.account },
    )
  }
  return xmlAnswer(control.call.requestId, "PublicAccessBlockConfiguration", blockXml(block))
}

export function putAccountBlock(control: ControlCall): SandboxResponse {
  authorizeAccount(control, "PutAccountPublicAccessBlock")
  const root = readRoot(control.call.request.body, "PublicAccessBlockConfiguration")
  control.s3.state.accountBlocks.set(control.account, readBlock(root))
  return emptyAnswer(control.call.requestId)
}

/** Has no action of its own. */
export function deleteAccountBlock(control: ControlCall): SandboxResponse {
  authorizeAccount(control, "PutAccountPublicAccessBlock")
  control.s3.state.accountBlocks.delete(control.account)
  return emptyAnswer(control.call.requestId, 204)
}
