/**
 * How often the identity refusal of contract §2 hits ids that are no identities, by the shape of
 * the id: generated ids of an event of 2024-06-01. Arguments: [ids a shape] (default 1000000)
 * [seed] (default 1).
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { findIdentity } from '../schemas/events/identity.ts'

const TIME = '2024-06-01T09:00:00+08:00'
const count = Number(process.argv[2] ?? 1_000_000)
const random = xoroshiro128plus(Number(process.argv[3] ?? 1))

const upTo = (greatest: number): number => uniformInt(random, 0, greatest)
const digits = (n: number): string =>
  Array.from({ length: Math.ceil(n / 9) }, () => String(upTo(999_999_999)).padStart(9, '0'))
    .join('')
    .slice(0, n)
const hex = (n: number): string =>
  Array.from({ length: Math.ceil(n / 7) }, () => upTo(0xfffffff).toString(16).padStart(7, '0'))
    .join('')
    .slice(0, n)
const of = (alphabet: string, n: number): string =>
  Array.from({ length: n }, () => alphabet.charAt(upTo(alphabet.length - 1))).join('')
const two = (n: number): string => String(n).padStart(2, '0')
const date = (year: number): string => `${year}${two(1 + upTo(11))}${two(1 + upTo(27))}`
const district = (): string => `43${two(1 + upTo(12))}${two(1 + upTo(20))}`

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const shapes: Readonly<Record<string, () => string>> = {
  'UUID with dashes': () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  'UUID without dashes': () => hex(32),
  'SHA-256 in hex': () => hex(64),
  '16 hex digits': () => hex(16),
  'nanoid, 21 of base64url': () => of(BASE64URL, 21),
  'ULID, 26 characters': () => `01H${of(CROCKFORD, 23)}`,
  'date and serial, 16 digits': () => `${date(2021 + upTo(3))}${digits(8)}`,
  'prefix, year, number': () => `XF-${2021 + upTo(3)}-${digits(6)}`,
  'prefix and 18 digits': () => `XF${digits(18)}`,
  'milliseconds and serial, 18 digits': () => `17${digits(11)}${digits(5)}`,
  'district, date, serial, 18 digits, of 2021–2024': () =>
    `${district()}${date(2021 + upTo(3))}${digits(4)}`,
  'district, date, serial, 18 digits, of 2005–2013': () =>
    `${district()}${date(2005 + upTo(8))}${digits(4)}`,
  'any 18 digits': () => digits(18),
  'any 11 digits': () => digits(11),
  'yymmdd and serial, 11 digits, of 2021–2024': () =>
    `${date(2021 + upTo(3)).slice(2)}${digits(5)}`,
  'yymmdd and serial, 11 digits, of 2013–2019': () =>
    `${date(2013 + upTo(6)).slice(2)}${digits(5)}`,
}

console.log(`${count} ids a shape, event of ${TIME}`)
for (const [shape, next] of Object.entries(shapes)) {
  let refused = 0
  for (let i = 0; i < count; i += 1) if (findIdentity(next(), TIME) !== null) refused += 1
  const perMillion = Math.round((refused / count) * 1e6)
  console.log(`${String(perMillion).padStart(8)} in a million  ${shape}`)
}
