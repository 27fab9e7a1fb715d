/** List prices of us-east-1 in USD, read in November 2026; other Regions are dearer by up to a half. A contract may say otherwise. */
const PER_WRITE: Readonly<Record<string, number>> = {
  STANDARD: 5e-6,
  INTELLIGENT_TIERING: 5e-6,
  STANDARD_IA: 1e-5,
  ONEZONE_IA: 1e-5,
  GLACIER_IR: 2e-5,
  GLACIER: 3e-5,
  DEEP_ARCHIVE: 5e-5,
}
const PER_LIST = 5e-6
const PER_READ = 4e-7
const PER_KMS_CALL = 3e-6
/** Reading a byte out of a class that asks for it. */
const PER_BYTE: Readonly<Record<string, number>> = {
  STANDARD_IA: 0.01 / 1024 ** 3,
  ONEZONE_IA: 0.01 / 1024 ** 3,
  GLACIER_IR: 0.03 / 1024 ** 3,
}

export interface Bill {
  /** Writes by the class that the object has afterwards. */
  readonly writes: Readonly<Record<string, number>>
  readonly lists: number
  readonly reads: number
  readonly kmsCalls: number
  /** Bytes read by copies, by the class that they have. */
  readonly bytesRead: Readonly<Record<string, number>>
}

/** Requests, retrieval and KMS calls; neither storage nor transfer between Regions. */
export function costOf({ writes, lists, reads, kmsCalls, bytesRead }: Bill): number {
  const sum = (counts: Readonly<Record<string, number>>, prices: Readonly<Record<string, number>>, other: number) =>
    Object.entries(counts).reduce((total, [name, count]) => total + count * (prices[name] ?? other), 0)
  const usd =
    sum(writes, PER_WRITE, 5e-6) +
    sum(bytesRead, PER_BYTE, 0) +
    lists * PER_LIST +
    reads * PER_READ +
    kmsCalls * PER_KMS_CALL
  return Math.round(usd * 100) / 100
}
