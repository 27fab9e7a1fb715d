/** JSON of which nothing is sure yet. */
export type Values = Readonly<Record<string, unknown>>

/** Empty for anything but an object. */
export function record(value: unknown): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {}
}

export function list(value: unknown): readonly Values[] {
  return Array.isArray(value) ? value.map(record) : []
}

/** `module.a["x"].aws_kms_key.b[0]` without what tells instances apart. */
export const withoutIndexes = (address: string): string => address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "")
