import { z } from "zod"
import { digestOf } from "../../kernel/digest.ts"
import { display } from "../../kernel/display.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"

const stamp = z.iso.datetime()

const Content = z.strictObject({
  apiVersion: z.literal("dr/v1"),
  kind: z.literal("KeyRotation"),
  /** Of this format. */
  version: z.literal(1),
  /** The run that began it; the new key carries it as its tag dr:rotation. */
  id: z.string().regex(/^dr-[0-9TZa-f-]+$/),
  env: z.string(),
  /** dr.yaml's name. */
  key: z.string(),
  startedAt: stamp,
  /** The key behind the alias when the rotation began, in the primary Region. */
  oldKey: z.string(),
  /** When CreateKey was about to be sent: until that shows, nobody sends it again. */
  makingAt: stamp.optional(),
  /** In the primary Region; undefined until it was made. */
  newKey: z.string().optional(),
  /** When the new key was whole: replicas, policies, tags. */
  madeAt: stamp.optional(),
  /** When the edits were first shown: what is written later must be under the new key. */
  shownAt: stamp.optional(),
  /** A later moment that the operator named as the end of the edits. */
  editedAt: stamp.optional(),
  /** When step 4 passed. */
  provenAt: stamp.optional(),
  aliasMovedAt: stamp.optional(),
  /** When the deletion of the old primary was scheduled. */
  retiredAt: stamp.optional(),
  abortedAt: stamp.optional(),
})

/**
 * What the manual rotation of one key remembers: ids and dates. How things stand is read from AWS every time; a date here
 * says only that something was once done.
 */
export type RotationState = z.infer<typeof Content>

export const isOver = (state: RotationState): boolean => state.retiredAt !== undefined || state.abortedAt !== undefined

/** The text of the file, with its hash. */
export const sealState = (state: RotationState): string =>
  `${JSON.stringify({ ...state, hash: digestOf(state) }, undefined, 2)}\n`

/** @throws DrError E_ROTATION_STATE (78) when the file is not what was written, or is about another key */
export function openState(path: string, text: string, expected: { env: string; key: string }): RotationState {
  const refuse = (why: string): DrError =>
    new DrError({
      code: "E_ROTATION_STATE",
      exit: EXIT.config,
      message: `cannot trust ${display(path)}: ${why}`,
      hints: [
        "take the file away and start the command again: it finds the new key by its tags, and every step is looked at again",
      ],
    })
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw refuse("it is no JSON")
  }
  if (typeof parsed !== "object" || parsed === null) throw refuse("it is no JSON object")
  const { hash, ...content } = parsed as Record<string, unknown>
  if (hash !== digestOf(content)) throw refuse("it was changed after it was written: its hash does not fit")
  const read = Content.safeParse(content)
  if (!read.success)
    throw refuse(read.error.issues.map(({ path: at, message }) => `${at.join(".")}: ${message}`).join("; "))
  if (read.data.env !== expected.env || read.data.key !== expected.key)
    throw refuse(`it is about ${read.data.env}/${read.data.key}, expected ${expected.env}/${expected.key}`)
  return read.data
}
