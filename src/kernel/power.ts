/**
 * Objects to read so that a share `faultRate` of bad ones shows at least one with confidence `confidence`:
 * n = ⌈ln(1−c) / ln(1−p)⌉.
 */
export function sampleSizeFor(faultRate: number, confidence = 0.95): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-faultRate))
}

/** The smallest share of bad objects that `n` good ones would have shown with that confidence; 1 when none was read. */
export function noticeableFaultRate(n: number, confidence = 0.95): number {
  return n <= 0 ? 1 : -Math.expm1(Math.log1p(-confidence) / n)
}
