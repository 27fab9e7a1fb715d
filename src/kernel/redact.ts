const SECRETS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, "<access-key-id>"],
  [/AGE-SECRET-KEY-[0-9A-Z-]+/gi, "<age-secret-key>"],
  [/DR-ESCROW-SHARE-\d+:[A-Za-z0-9+/=]*/gi, "<escrow-share>"],
  // 32 or 33 bytes in base64: a key, a share. Paths and identifiers of that length rarely have all three kinds of signs.
  [
    /(?<![\w+/=.:-])(?=[A-Za-z+/]*\d)(?=[A-Z\d+/]*[a-z])(?=[a-z\d+/]*[A-Z])[A-Za-z\d+][A-Za-z\d+/]{42}[A-Za-z\d+/=](?![\w+/=])/g,
    "<base64-256-bit>",
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, "<private-key>"],
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, "$1<redacted>"],
  [
    /("?(?:secretAccessKey|sessionToken|SecretAccessKey|SessionToken|ExternalId|externalId|Plaintext)"?\s*[:=]\s*"?)[^",\s}]+/g,
    "$1<redacted>",
  ],
]

/** Removes what must never reach a log, a record or a terminal. Applied to every error text from outside. */
export function redact(text: string): string {
  return SECRETS.reduce((shown, [pattern, instead]) => shown.replace(pattern, instead), text)
}
