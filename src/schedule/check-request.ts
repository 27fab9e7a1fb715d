import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { parseCron } from "./cron-fields.ts"
import type { ScheduleRequest } from "./request.ts"
import { checkedTimezone } from "./time-zone.ts"

/**
 * What every renderer relies on: names that are safe as file names and identifiers, absolute paths without line breaks,
 * crons and zones that can be translated. Checked here as well as in dr.yaml, because the result is run by root.
 * @throws DrError E_SCHEDULE (64), E_CRON, E_TIMEZONE (78)
 */
export function checkRequest(request: ScheduleRequest): ScheduleRequest {
  if (request.drills.length === 0)
    throw refuse(`environment ${request.env} schedules no drill`, [
      "add drills with a cron to the environment in dr.yaml",
    ])
  named("environment", request.env)
  named("user", request.user)
  absolute("config", request.config.path)
  absolute("binary", request.binary)
  if (!/^[\w.:/@-]+$/.test(request.image))
    throw refuse(`not an image reference: ${JSON.stringify(display(request.image))}`, ["--image REGISTRY/NAME:TAG"])
  for (const { drill, cron, timezone } of request.drills) {
    named("drill", drill)
    parseCron(cron)
    checkedTimezone(timezone)
  }
  return request
}

function named(what: string, name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) return
  throw refuse(`not a name for a ${what}: ${JSON.stringify(display(name))}`, [
    "use lower-case letters, digits and hyphens",
  ])
}

function absolute(what: string, path: string): void {
  // oxlint-disable-next-line no-control-regex -- a line break in a path would start a new line of the generated file
  if (path.startsWith("/") && !/[\u0000-\u001f\u007f]/.test(path)) return
  throw refuse(
    `the path of the ${what} must be absolute and without control characters: ${JSON.stringify(display(path))}`,
    [`--${what} /an/absolute/path`],
  )
}

function refuse(message: string, hints: readonly string[]): DrError {
  return new DrError({ code: "E_SCHEDULE", exit: EXIT.usage, message, hints })
}
