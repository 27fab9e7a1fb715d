import { z } from "zod"

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,62}$/, "lower-case letters, digits and hyphens, starting with a letter")

/** One drill as it stands in drills/*.yaml: what is lost, what is sampled and what must come back. Data, never code. */
export const DrillDefinition = z.strictObject({
  apiVersion: z.literal("dr/v1"),
  kind: z.literal("Drill"),
  name,
  title: z.string().min(1).max(120),
  /** What the organisation believes; the drill tries to refute it. */
  hypothesis: z.string().min(1).max(600),
  /** Kinds of dataset that it samples; `all` = every dataset of the environment. */
  datasets: z.union([z.literal("all"), z.array(z.enum(["loki", "mimir", "tempo", "tfstate"])).min(1)]),
  sample: z.strictObject({
    /** Objects per dataset, canaries not counted. */
    size: z.int().min(1).max(5_000),
    /** Where the sample is taken from: the workload's own bucket, its copy in the recovery account, or both. */
    from: z
      .array(z.enum(["source", "recovery-copy"]))
      .min(1)
      .max(2),
  }),
  /** Data keys to wrap under the workload key and re-encrypt with KMS under the recovery key. */
  rewrapDataKeys: z.int().min(0).max(100).default(0),
  expect: z.strictObject({
    /** `unreadable`: the reader must be refused at the source, or the loss was not simulated and the drill fails. */
    source: z.enum(["readable", "unreadable"]),
  }),
})
export type DrillDefinition = z.infer<typeof DrillDefinition>
