/**
 * The steps of a batch through the consumer, in order. What a crash at each costs: before `inserted`,
 * nothing; before `committed`, that the batch is delivered again, which changes nothing.
 */
export type ConsumeStep =
  | 'fetched'
  | 'validated'
  | 'inserting'
  | 'inserted'
  | 'folding'
  | 'folded'
  | 'committing'
  | 'committed'

/** Hears of every step before what follows it begins. */
export type OnStep = (step: ConsumeStep) => void | Promise<void>
