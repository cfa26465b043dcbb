/** Closed list: why an event is refused. Dead letters are counted by these, callers branch on them. */
export const refusalCodes = [
  'NOT_UTF8', // the bytes are not UTF-8
  'NOT_JSON', // the text is not one JSON value
  'MORE_THAN_ONE_VALUE', // more text follows the first JSON value
  'DUPLICATE_FIELD', // an object names a field twice
  'TOO_DEEP', // nested so deep that others could not read it again
  'NOT_AN_OBJECT', // the event, or its data, is something else than an object
  'MISSING', // a required attribute or field was not sent
  'NULL_VALUE', // null where a value belongs; what is not known is left out
  'WRONG_TYPE', // a number where text belongs, and the like
  'UNSUPPORTED_SPECVERSION', // not CloudEvents 1.0
  'UNKNOWN_TYPE', // not one of the event types
  'UNKNOWN_FIELD', // data has a field its type does not have
  'EMPTY', // nothing but white space
  'TOO_LONG', // more characters than allowed
  'BAD_CHARACTER', // a character that the field, or UTF-8, does not allow
  'NOT_A_URI_REFERENCE',
  'NOT_A_STAMP', // not RFC 3339 with an offset, or a date the calendar does not have
  'STAMP_OUT_OF_RANGE', // before 1900 or from 2200 on
  'NOT_IN_LIST', // not one of the words of a closed list
  'OUT_OF_RANGE', // a number outside its bounds, or not a whole one
  'NOT_A_KEY', // a petitioner key that is not 16–64 hexadecimal digits
  'NEEDS_ONE_OF', // none of the fields of which one is needed
  'IDENTITY', // an ID-card or mobile number
  'RECEIVED_TIME_REFUSED', // a client set what only the system sets
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/**
 * One thing wrong with an event. `field` is a path such as `data.region` or `data.petitioners[3]`,
 * `''` for the event as a whole. `message` says what is wrong and how to mend it and never repeats
 * a value that was sent.
 */
export type Refusal = {
  readonly field: string
  readonly code: RefusalCode
  readonly message: string
}
