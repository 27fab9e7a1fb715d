/** What AWS knows of actions and condition keys, as far as decisions about KMS, S3 and STS need it. Pure and synchronous. */
export {
  DRY_RUN_OPERATIONS,
  GRANT_OPERATIONS,
  actionStatus,
  findAction,
  isCrossAccountOperation,
  matchingActions,
  type ActionStatus,
} from "./actions.ts"
export { conditionKeyStatus, keysOf, supportsKey, worksInKeyPolicy, type KeyStatus } from "./condition-keys.ts"
export type { AccessLevel, ActionFacts, KeyFacts, KeyType, ResourceUse } from "./facts.ts"
export { isRcpService } from "./services.ts"
