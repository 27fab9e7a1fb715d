/** Student's t at 97.5 %, by degrees of freedom from 1 (textbook table). */
const T975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

/** Beyond the table a bound from above that goes to 1.96. */
function t975(degrees: number): number {
  return T975[degrees - 1] ?? 1.96 + 2.5 / degrees
}

/** Half width of the 95 % interval of the mean, as a share of the mean: 0.1 = ±10 %. One value has no spread: infinite. */
export function relativeMargin(values: readonly number[]): number {
  const n = values.length
  if (n < 2) return Number.POSITIVE_INFINITY
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (mean <= 0) return Number.POSITIVE_INFINITY
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  return (t975(n - 1) * Math.sqrt(variance / n)) / mean
}
