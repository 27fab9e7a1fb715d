import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** Lets an IANA zone through. @throws DrError E_TIMEZONE (78) */
export function checkedTimezone(timezone: string): string {
  if (/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(timezone) && isKnown(timezone)) return timezone
  throw new DrError({
    code: "E_TIMEZONE",
    exit: EXIT.config,
    message: `not a time zone: ${JSON.stringify(display(timezone))}`,
    hints: ["use an IANA name such as UTC or Europe/Berlin"],
  })
}

function isKnown(timezone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone !== ""
  } catch {
    return false // a RangeError is Intl's way to say that it does not know the zone
  }
}
