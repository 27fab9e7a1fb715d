import { checkRequest } from "./check-request.ts"
import { renderCron } from "./cron.ts"
import { renderKubernetes } from "./kubernetes.ts"
import type { Platform, ScheduleFile, ScheduleRequest } from "./request.ts"
import { renderSystemd } from "./systemd.ts"

/**
 * The files that make a platform's scheduler run the drills of one environment. Same request, same bytes.
 * @throws DrError E_SCHEDULE (64), E_CRON, E_TIMEZONE (78)
 */
export function renderSchedule(platform: Platform, request: ScheduleRequest): ScheduleFile[] {
  const checked = checkRequest(request)
  switch (platform) {
    case "systemd":
      return renderSystemd(checked)
    case "kubernetes":
      return renderKubernetes(checked)
    case "cron":
      return renderCron(checked)
  }
}
