/** A KMS grant as the decision needs it. Source: facts of CreateGrant and GrantListEntry in the SDK. */
export interface Grant {
  readonly id: string
  readonly name?: string
  readonly keyArn: string
  /** Role, user, session or account ARN, or a service principal. */
  readonly grantee: string
  readonly retiring?: string
  /** Names as KMS lists them: `Decrypt`, `ReEncryptFrom`, … */
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
}

export interface GrantConstraints {
  readonly encryptionContextEquals?: Readonly<Record<string, string>>
  readonly encryptionContextSubset?: Readonly<Record<string, string>>
  readonly sourceArn?: string
}
