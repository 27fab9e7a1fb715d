/** Milliseconds. A plain number with a name: units stand in types or suffixes, never in a reader's head. */
export type Millis = number

export const SECOND: Millis = 1_000
export const MINUTE: Millis = 60_000
export const HOUR: Millis = 3_600_000
export const DAY: Millis = 86_400_000
