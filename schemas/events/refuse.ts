import type { Refusal, RefusalCode } from './reasons.ts'

/**
 * No event is reported with more faults than this; the first ones are kept. An identity is always
 * among them: who keeps refused events must know which ones to keep from others' eyes.
 */
export const MAX_REFUSALS = 20

/** What the readers of one event share: the faults found so far. */
export type Faults = {
  readonly errors: Refusal[]
  /** The event's `time` as sent, or '': it bounds the birth dates of ID-card numbers. */
  readonly time: string
}

/** Records a fault and returns undefined, the value of what could not be read. */
export const refuse = (
  faults: Faults,
  field: string,
  code: RefusalCode,
  message: string,
): undefined => {
  const { errors } = faults
  if (errors.length < MAX_REFUSALS) errors.push({ field, code, message })
  else if (code === 'IDENTITY') errors[MAX_REFUSALS - 1] = { field, code, message }
  return undefined
}

/** One line for people: the field, what is wrong with it and how to mend it. */
export const describeRefusal = ({ field, message }: Refusal): string =>
  field === '' ? message : `${field}: ${message}`
