import { z } from "zod"
import { EXIT } from "../../src/kernel/exit-codes.ts"

const exit = z.union(Object.values(EXIT).map((code) => z.literal(code)))
const stamp = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)

/** The contract with programs, written apart from the code that prints it. Additive within `dr/v1`. */
export const envelopeSchema = z.object({
  apiVersion: z.literal("dr/v1"),
  kind: z.string().regex(/^[A-Z][A-Za-z]+$/),
  ok: z.boolean(),
  exit,
  env: z.string().optional(),
  run: z.string().optional(),
  simulated: z.boolean().optional(),
  startedAt: stamp,
  finishedAt: stamp,
  config: z.object({ path: z.string(), sha256: z.string() }).optional(),
  data: z.record(z.string(), z.unknown()),
  warnings: z.array(z.string()),
  error: z
    .object({
      code: z.string().regex(/^E_[A-Z_0-9]+$/),
      message: z.string(),
      exit,
      hints: z.array(z.string()),
      aws: z
        .object({
          service: z.string(),
          operation: z.string(),
          account: z.string().optional(),
          region: z.string().optional(),
          requestId: z.string().optional(),
          status: z.number().int().optional(),
          awsCode: z.string().optional(),
        })
        .optional(),
      details: z.unknown().optional(),
    })
    .optional(),
})
