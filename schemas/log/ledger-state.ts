/** What a store remembers of one ledger between its imports. */
export type LedgerState = {
  /** An import of it came to its end. */
  readonly finished?: boolean
  /**
   * Print of the secret its identities became keys under: an import under another one is refused,
   * since every person in it would become somebody else.
   */
  readonly keyPrint?: string
}
