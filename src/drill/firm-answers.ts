import type { DataPlane, Outcome } from "../restore/data-plane.ts"

/**
 * An error or nonsense inside HTTP 200 is an end, not a reason to ask again: a restore reads back and goes on, but a drill
 * must show that it happened (decision 4).
 */
export function firmAnswers(plane: DataPlane): DataPlane {
  return {
    ...plane,
    copy: async (request) => firm(await plane.copy(request)),
    copyPart: async (request) => firm(await plane.copyPart(request)),
    completeUpload: async (request) => firm(await plane.completeUpload(request)),
  }
}

function firm<T>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.kind === "ok" || outcome.error.class !== "broken") return outcome
  const { error } = outcome
  return { kind: "error", error: { ...error, class: "refused", ambiguous: false } }
}
