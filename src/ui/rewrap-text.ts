import type { RewrapReport } from "../restore/rewrap/rewrap.ts"
import type { RewrapPlan } from "../restore/rewrap/rewrap-plan.ts"
import { display } from "../kernel/display.ts"

/** What a rewrap came to, with the sum that must close. */
export function rewrapText({ counts, before, out, failures }: RewrapReport, { from, to, verify }: RewrapPlan): string {
  const { listed, done, failed, unknown } = counts
  const how = verify === "decrypt" ? "opened on both sides and compared" : "by KMS's validated answers"
  return [
    `from       ${from}`,
    `to         ${to}`,
    `listed     ${listed} data keys = ${done} done + ${failed} failed + ${unknown} unknown, ${how}`,
    ...(before.listed === 0 ? [] : [`           ${before.listed} of them by an earlier run`]),
    `written    ${display(out)}`,
    ...(failed + unknown === 0 ? [] : [`failures   ${display(failures)}: with the reason of each, and an input again`]),
    ...(listed === 0 ? ["nothing was listed: is this the right file?"] : []),
  ].join("\n")
}
