import { characterCount, isMatterId } from './characters.ts'
import { findIdentity } from './identity.ts'
import { type Faults, refuse } from './refuse.ts'
import { parseStamp, type StampFault } from './stamps.ts'
import { isUriReference } from './uri-reference.ts'

/** Longest text, in characters (code points). */
export const MAX_CHARACTERS = 128

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Refuses null and values of the wrong JSON type; `wanted` completes "send …". */
export const wrongType = (
  value: unknown,
  path: string,
  faults: Faults,
  wanted: string,
): undefined =>
  value === null
    ? refuse(faults, path, 'NULL_VALUE', `is null; send ${wanted}, or leave an optional field out`)
    : refuse(faults, path, 'WRONG_TYPE', `is ${kindOf(value)}; send ${wanted}`)

/** Refuses text that holds an ID-card or mobile number. True where it is clean. */
export const isFreeOfIdentity = (text: string, path: string, faults: Faults): boolean => {
  // Shorter text holds neither kind of number.
  if (text.length < 11) return true
  const found = findIdentity(text, faults.time)
  if (found === null) return true
  const what = found === 'card' ? 'an ID-card number' : 'a mobile phone number'
  refuse(
    faults,
    path,
    'IDENTITY',
    `holds what reads as ${what}; identities stay out of events: send a pseudonymous key, or put a letter before a serial number that only looks like one`,
  )
  return false
}

/** Text of 1–128 characters, trimmed, without identity numbers. */
export const readText = (value: unknown, path: string, faults: Faults): string | undefined => {
  if (typeof value !== 'string') return wrongType(value, path, faults, 'text')
  const trimmed = value.trim()
  if (trimmed === '') {
    return refuse(faults, path, 'EMPTY', 'is empty; send 1–128 characters')
  }
  const count = characterCount(trimmed)
  if (count < 0) {
    return refuse(
      faults,
      path,
      'BAD_CHARACTER',
      'holds half of a surrogate pair, which UTF-8 cannot carry; send whole characters',
    )
  }
  const clean = isFreeOfIdentity(trimmed, path, faults)
  if (count > MAX_CHARACTERS) {
    return refuse(faults, path, 'TOO_LONG', `has ${count} characters; send at most 128`)
  }
  return clean ? trimmed : undefined
}

export const readMatterId = (value: unknown, path: string, faults: Faults): string | undefined => {
  if (typeof value !== 'string') return wrongType(value, path, faults, 'a matterId as text')
  const clean = isFreeOfIdentity(value, path, faults)
  if (isMatterId(value)) return clean ? value : undefined
  if (value === '') return refuse(faults, path, 'EMPTY', 'is empty; send the matterId')
  return refuse(
    faults,
    path,
    /^[A-Za-z0-9._:/|-]+$/.test(value) ? 'TOO_LONG' : 'BAD_CHARACTER',
    'is not a matterId; send 1–64 of the characters A–Z a–z 0–9 . _ : / | -',
  )
}

/** `identity: false` for the attribute `source`, which contract §2 does not search. */
export const readUriReference = (
  value: unknown,
  path: string,
  faults: Faults,
  { identity }: { identity: boolean },
): string | undefined => {
  if (typeof value !== 'string') return wrongType(value, path, faults, 'a URI reference as text')
  const clean = !identity || isFreeOfIdentity(value, path, faults)
  if (value === '') return refuse(faults, path, 'EMPTY', 'is empty; send a URI reference')
  if (value.length > MAX_CHARACTERS) {
    return refuse(faults, path, 'TOO_LONG', 'is longer than 128 characters; send a shorter one')
  }
  if (!isUriReference(value)) {
    return refuse(
      faults,
      path,
      'NOT_A_URI_REFERENCE',
      'is not a URI reference; send one such as /offices/430100, with other characters percent-encoded',
    )
  }
  return clean ? value : undefined
}

const stampFaults: Readonly<Record<StampFault, string>> = {
  syntax:
    'is not RFC 3339 with an offset; send for example 2024-03-01T09:30:00+08:00 (T between date and time)',
  calendar: 'names a date, a time of day or an offset that does not exist; send a real one',
  leapSecond: 'has a 60th second, which cannot be stored; send second 59 or the next minute',
  range: 'lies outside 1900-01-01 to 2199-12-31 (UTC); check the year',
}

/** An RFC 3339 stamp as epoch milliseconds. */
export const readStamp = (value: unknown, path: string, faults: Faults): number | undefined => {
  if (typeof value !== 'string') {
    return wrongType(value, path, faults, 'RFC 3339 text such as 2024-03-01T09:30:00+08:00')
  }
  const stamp = parseStamp(value)
  if (typeof stamp === 'number') return stamp
  return refuse(
    faults,
    path,
    stamp === 'range' ? 'STAMP_OUT_OF_RANGE' : 'NOT_A_STAMP',
    stampFaults[stamp],
  )
}
