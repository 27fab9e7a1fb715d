import type { Millis } from "../../kernel/units.ts"
import { Pacer } from "./pacer.ts"

export interface PacersInit {
  readonly maxInFlight: number
  /** For all objects together, by KMS's quota or a drill's cap. */
  readonly capPerSecond?: number
}

/**
 * One pacer per partition and one for KMS of the calling account. Give the same ones to every part that runs as the same
 * account in the same Region, and what was learned about its limits is kept.
 */
export class Pacers {
  readonly kms: Pacer
  readonly #init: PacersInit
  readonly #partitions = new Map<string, Pacer>()

  constructor(now: Millis, init: PacersInit) {
    this.#init = init
    this.kms = new Pacer("kms", now, init)
  }

  partition(now: Millis, name: string): Pacer {
    const known = this.#partitions.get(name)
    if (known !== undefined) return known
    const pacer = new Pacer(name, now, { maxInFlight: this.#init.maxInFlight })
    this.#partitions.set(name, pacer)
    return pacer
  }
}
