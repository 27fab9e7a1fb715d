/** What AWS knows of actions and condition keys, as far as decisions about KMS, S3 and STS need it. Pure and synchronous. */
export {
  DRY_RUN_OPERATIONS,
  GRANT_OPERATIONS,
  actionStatus,
  findAction,
  isCrossAccountOperation,
  matchingActions,
} from "./actions.ts"
export { conditionKeyStatus, keysOf, supportsKey, worksInKeyPolicy } from "./condition-keys.ts"
export type { KeyFacts } from "./facts.ts"
export { isRcpService } from "./services.ts"
