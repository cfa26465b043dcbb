import { findIdentity } from '../../schemas/events/identity.ts'

export const REMOVED = '[identity removed]'

export type Cleaned<T> = { readonly value: T; readonly removed: boolean }

/**
 * Digits that may be a number of identity: 11 to 18, the last perhaps an X; with the zero bytes of
 * UTF-16 between them, or written as escapes of JSON.
 */
const runs =
  /(?<![0-9])(?:\\u003)?[0-9](?:\0?(?:\\u003)?[0-9]){10,16}(?:\0?(?:(?:\\u003)?[0-9]|[Xx]))?(?!\0?[0-9])/g

/**
 * Takes numbers of identity out of a text nothing else is known of. Letters beside the digits do not
 * save them, nor does any birth date: where the text cannot be read, nobody can say what they are.
 */
export const withoutIdentities = (text: string): Cleaned<string> => {
  let removed = false
  const value = text.replace(runs, (run) => {
    if (findIdentity(run.replace(/\\u003|\0/g, ''), '') === null) return run
    removed = true
    return REMOVED
  })
  return { value, removed }
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const PETITIONER_KEY = /^[0-9a-f]{16,64}$/i

/** Of one text in an event that can be read: a number stands alone there, as in the rule that refuses it. */
const cleanedText = (text: string, name: string, time: string): string => {
  // amounts have as many digits as they need, and keys of petitioners are none by rule
  if (name === 'amountFen' || (name === 'petitioners' && PETITIONER_KEY.test(text))) return text
  return text.replace(/[0-9A-Za-z]+/g, (run) => (findIdentity(run, time) === null ? run : REMOVED))
}

/** As long as the number of a card, and no longer what was sent: reading it has rounded it. */
const isRounded = (value: unknown): boolean =>
  typeof value === 'number' && value >= 1e17 && value < 1e18

/** In every text, every number and every name of a field. */
const cleaned = (value: unknown, name: string, time: string): Cleaned<unknown> => {
  if (isRounded(value)) return { value: REMOVED, removed: true }
  if (typeof value === 'string' || typeof value === 'number') {
    const text = cleanedText(String(value), name, time)
    return text === String(value) ? { value, removed: false } : { value: text, removed: true }
  }
  if (Array.isArray(value)) {
    const parts = value.map((part) => cleaned(part, name, time))
    return { value: parts.map((part) => part.value), removed: parts.some((part) => part.removed) }
  }
  if (!isObject(value)) return { value, removed: false }
  const members = Object.entries(value).map(([key, member]) => {
    const cleanKey = cleanedText(key, '', time)
    const part = cleaned(member, key, time)
    return { key: cleanKey, part, removed: part.removed || cleanKey !== key }
  })
  return {
    value: Object.fromEntries(members.map(({ key, part }) => [key, part.value])),
    removed: members.some(({ removed }) => removed),
  }
}

/** Attributes of the contract that are too narrow to hold one, or free of the rule. */
const sparedAttributes = ['specversion', 'source', 'type', 'time', 'recordedtime', 'receivedtime']
/** Those without which an event is another one. */
const essentialAttributes = ['data', 'subject', 'id']

/**
 * The same in a JSON value that was refused as an event. `lost`: something of what makes the event is
 * gone, so that it can never be used as it is. Of attributes the contract ignores an identity is
 * taken out as well, but nothing is lost with it.
 */
export const eventWithoutIdentities = (
  raw: unknown,
): Cleaned<unknown> & { readonly lost: boolean } => {
  if (!isObject(raw)) {
    const whole = cleaned(raw, '', '')
    return { ...whole, lost: whole.removed }
  }
  const sent = raw['time']
  const time = typeof sent === 'string' ? sent : ''
  const members = Object.entries(raw).map(([name, member]) => ({
    name: cleanedText(name, '', time),
    sentAs: name,
    part: sparedAttributes.includes(name)
      ? { value: member, removed: false }
      : cleaned(member, name, time),
  }))
  return {
    value: Object.fromEntries(members.map(({ name, part }) => [name, part.value])),
    removed: members.some(({ name, sentAs, part }) => part.removed || name !== sentAs),
    lost: members.some(({ sentAs, part }) => part.removed && essentialAttributes.includes(sentAs)),
  }
}
