const SECRETS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, "<access-key-id>"],
  [/AGE-SECRET-KEY-[0-9A-Z]+/g, "<age-secret-key>"],
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
