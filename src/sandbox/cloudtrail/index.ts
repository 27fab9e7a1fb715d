import type { AuditLog } from "../core/audit.ts"
import type { Service } from "../core/exchange.ts"
import { jsonService } from "../protocol/json-service.ts"
import { lookupEvents } from "./lookup.ts"

/** CloudTrail's event history of the sandbox's own log. Trails are not built. */
export const createCloudTrail = (audit: AuditLog): Service =>
  jsonService("cloudtrail", "CloudTrail_20131101", new Map([["LookupEvents", lookupEvents(audit)]]))
