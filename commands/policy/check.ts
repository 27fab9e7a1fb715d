import { Flags } from "@oclif/core"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { readInput } from "../../src/runtime/input-text.ts"
import { inventoryFlags, inventoryFrom } from "../../src/runtime/inventory-source.ts"
import { casesText } from "../../src/ui/policy-cases-text.ts"

export default class PolicyCheck extends DrCommand {
  static override summary = "is a request allowed, and why; exit 0 allowed, 3 not"
  static override examples = [
    "<%= config.bin %> policy check -e prod --as recovery --action s3:GetObject --on s3://example-loki-recovery/x --key alias/observability-prod-recovery@eu-west-1",
    "<%= config.bin %> policy check -e prod --as workload-break-glass --action kms:DisableKey --on alias/observability-prod@eu-west-1 --with aws:SourceIdentity=me --with aws:PrincipalTag/dr-plan=sha256-x",
    "<%= config.bin %> policy check --cases access.json --json   # a table of cases",
  ]
  static override flags = {
    as: Flags.string({ description: "who asks: an ARN, a label or a role's name", helpValue: "PRINCIPAL" }),
    action: Flags.string({ description: "an IAM action, or an API operation (kms:ReEncrypt)", helpValue: "ACTION" }),
    on: Flags.string({ description: "key, alias/x@region, s3://bucket/object, role, ARN or *", helpValue: "RESOURCE" }),
    from: Flags.string({ description: "source of a copy or of ReEncrypt", helpValue: "RESOURCE" }),
    key: Flags.string({
      description: "key of the object (default: its bucket's; none: under no KMS key), or of the alias",
      helpValue: "KEY",
    }),
    "from-key": Flags.string({ description: "key of the source object; the old key", helpValue: "KEY" }),
    "bucket-key": Flags.boolean({ description: "S3 bucket keys are on, or surely off", allowNo: true }),
    multipart: Flags.boolean({ description: "a multipart upload" }),
    "action-only": Flags.boolean({ description: "not what the API call of that name needs besides" }),
    via: Flags.string({
      description: "role that is assumed first; repeat for a chain",
      helpValue: "ROLE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    with: Flags.string({
      description: "a condition key of the request; key= is absent",
      helpValue: "KEY=VALUE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    unknown: Flags.string({
      description: "a condition key that nobody can tell",
      helpValue: "KEY",
      multiple: true,
      multipleNonGreedy: true,
    }),
    "session-policy": Flags.string({
      description: "policy passed with AssumeRole",
      helpValue: "FILE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    "session-tag": Flags.string({
      description: "tag passed with AssumeRole",
      helpValue: "KEY=VALUE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    "source-identity": Flags.string({ description: "source identity set with AssumeRole", helpValue: "NAME" }),
    cases: Flags.string({ description: "evaluate a table of cases (JSON array; - is stdin)", helpValue: "FILE" }),
    ...inventoryFlags,
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(PolicyCheck)
    if (flags.cases !== undefined) return this.checkCases(flags.cases)
    const [{ CompiledInventory }, { askAll, answerText, answerJson, worst }] = await Promise.all([
      import("../../src/access/inventory-stack.ts"),
      import("../../src/access/ask-all.ts"),
    ])
    const compiled = new CompiledInventory(await inventoryFrom(flags, this.sources(flags)))
    const session = await Promise.all(
      (flags["session-policy"] ?? []).map(async (path) => ({
        name: path,
        document: await readInput(path, this.signal),
      })),
    )
    if (flags.via === undefined) refuseIdle(flags["session-tag"], flags["source-identity"])
    const answers = askAll(compiled, {
      as: needed(flags.as, "--as PRINCIPAL"),
      action: needed(flags.action, "--action ACTION"),
      target: {
        on: needed(flags.on, "--on RESOURCE"),
        from: flags.from,
        key: flags.key,
        fromKey: flags["from-key"],
        bucketKey: flags["bucket-key"],
        multipart: flags.multipart,
      },
      actionOnly: flags["action-only"],
      via: flags.via ?? [],
      with: flags.with ?? [],
      unknown: flags.unknown ?? [],
      session,
      sessionTags: flags["session-tag"] ?? [],
      sourceIdentity: flags["source-identity"],
    })
    const verdict = worst(answers.map((answer) => answer.verdict))
    return {
      kind: "PolicyCheck",
      data: { verdict, source: compiled.inventory.source, answers: answers.map(answerJson) },
      text: () => answerText(answers),
      exit: verdict === "allowed" ? EXIT.ok : EXIT.checkSaysNo,
    }
  }

  private async checkCases(path: string): Promise<CommandResult> {
    const { readCases, runCases } = await import("../../src/access/cases.ts")
    const cases = readCases(await readInput(path, this.signal), path)
    const results = runCases(cases)
    return { kind: "PolicyCases", data: { results }, text: () => casesText(results, cases) }
  }
}

/** They are set where a role is assumed: without one they would be passed over, and the answer be that to another question. */
function refuseIdle(tags: readonly string[] = [], identity: string | undefined): void {
  const [tag] = tags
  if (tag === undefined && identity === undefined) return
  const fact = tag === undefined ? `aws:SourceIdentity=${identity}` : `aws:PrincipalTag/${tag}`
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `--${tag === undefined ? "source-identity" : "session-tag"} without --via: no role is assumed`,
    hints: [`--with ${fact} for a session that has it already`, "--via ROLE to assume one"],
  })
}

function needed(value: string | undefined, flag: string): string {
  if (value !== undefined) return value
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `missing ${flag}`,
    hints: ["dr policy check --as PRINCIPAL --action ACTION --on RESOURCE", "dr policy check --cases FILE"],
  })
}
