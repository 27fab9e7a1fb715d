import { renderCron } from "./cron.ts"
import { renderKubernetes } from "./kubernetes.ts"
import type { RenderedFile, ScheduleInput } from "./model.ts"
import { renderSystemd } from "./systemd.ts"

export const PLATFORMS = ["systemd", "kubernetes", "cron"] as const
export type Platform = (typeof PLATFORMS)[number]

/**
 * The files that make a platform's scheduler run the drills of one environment. Same input, same bytes.
 * @throws DrError E_SCHEDULE (78)
 */
export function renderSchedule(platform: Platform, input: ScheduleInput): RenderedFile[] {
  switch (platform) {
    case "systemd":
      return renderSystemd(input)
    case "kubernetes":
      return renderKubernetes(input)
    case "cron":
      return renderCron(input)
  }
}
