import type { FoundConfig } from "../estate/discover.ts"
import { loadEstate } from "../estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import { mustBeFresh } from "../restore/plan/plan-file.ts"
import type { RestorePlan } from "../restore/plan/restore-plan.ts"
import type { RestoreResult } from "../restore/run/run-plan.ts"
import type { Prompt } from "./ask.ts"

/** @throws DrError E_ENV (64) when -e names another environment than the plan, or dr.yaml has none of that name any more */
export async function environmentOfRestore(
  config: FoundConfig,
  plan: Pick<RestorePlan, "env" | "simulated">,
  env: string | undefined,
): Promise<ResolvedEnvironment> {
  if (env !== undefined && env !== plan.env)
    throw new DrError({
      code: "E_ENV",
      exit: EXIT.usage,
      message: `the plan is for environment ${plan.env}, -e says ${env}`,
      hints: [`leave -e away, or make a plan for ${env}`],
    })
  const environment = environmentOf(loadEstate(config), plan.env)
  if (environment.simulated !== plan.simulated)
    throw new DrError({
      code: "E_PLAN_ENDPOINT",
      exit: EXIT.config,
      message: `the plan was made ${plan.simulated ? "against an endpoint of your own" : "against AWS"}, and dr.yaml now says otherwise for ${plan.env}`,
      hints: [`dr restore plan -e ${plan.env} … --out FILE`],
    })
  return environment
}

/**
 * A copy has a way back: the source stays. Re-keying in place has none that is as cheap, so the bucket is typed again.
 * @throws DrError E_PLAN_EXPIRED (3), E_UNCONFIRMED (64): nothing was done
 */
export async function agreeToRestore(
  prompt: Prompt,
  plan: RestorePlan,
  flags: { readonly yes: boolean; readonly confirm?: string | undefined },
  now: number,
): Promise<void> {
  mustBeFresh(plan, now)
  const rekeyed = new Set(
    plan.parts.filter(({ operation }) => operation === "rekey").map(({ aim }) => aim.source.bucket),
  )
  for (const bucket of rekeyed)
    await prompt.agreeByName(`objects of s3://${bucket} are re-keyed in place`, bucket, flags.confirm)
  if (rekeyed.size > 0 && plan.parts.every(({ operation }) => operation === "rekey")) return
  const objects = plan.parts.reduce((sum, { counts }) => sum + counts.objects, 0)
  await prompt.agree(`Restore ${objects} objects in ${plan.parts.length} part(s) of ${plan.env}?`, flags.yes)
}

export function exitOfRestore({ verdict, parts }: RestoreResult): ExitCode {
  if (verdict === "restored") return EXIT.ok
  if (verdict === "not-proven") return EXIT.checkSaysNo
  if (verdict === "incomplete") return EXIT.failed
  return parts.at(-1)?.ended.kind === "deadline" ? EXIT.tryLater : EXIT.failed
}
