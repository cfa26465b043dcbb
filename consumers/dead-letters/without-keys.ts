import { readJson } from '../../schemas/events/json-text.ts'

const KEY = '[key]'

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const hidden = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(hidden)
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, hidden(member)]))
    : KEY
}

const withoutPetitioners = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutPetitioners)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name.trim().toLowerCase() === 'petitioners' ? hidden(member) : withoutPetitioners(member),
    ]),
  )
}

/**
 * The text of a letter as people may see it: keys of petitioners are shown nowhere. In a text that
 * is not JSON whatever could be one is taken for one.
 */
export const withoutKeys = (original: Uint8Array): string => {
  const json = readJson(original)
  if (json.ok) return JSON.stringify(withoutPetitioners(json.value))
  return Buffer.from(original)
    .toString('utf8')
    .replace(/[0-9a-f]{16,}/gi, KEY)
}
