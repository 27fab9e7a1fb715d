import type { Deps } from "./deps.ts"

/** Uniform in [0, 1), for spreading retries only. */
export const jitterOf =
  (deps: Pick<Deps, "random">): (() => number) =>
  () =>
    Buffer.from(deps.random(4)).readUInt32BE() / 2 ** 32
