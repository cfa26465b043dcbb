import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cardCheckDigit,
  findIdentity,
  latestBirthAt,
  provinceCodes,
} from '../../../schemas/events/identity.ts'

const TIME = '2024-03-01T09:30:00+08:00'
/** The two examples of GB 11643: a birth in 1949 and one in 1880. */
const STANDARD = '11010519491231002X'
const STANDARD_1880 = '440524188001010014'
const MOBILE = '13912345678'

const cardOf = (first17: string): string => first17 + cardCheckDigit(first17)

describe('an ID-card number', () => {
  it('has the check digit of GB 11643', () => {
    expect(cardOf(STANDARD.slice(0, 17))).toBe(STANDARD)
    expect(cardOf(STANDARD_1880.slice(0, 17))).toBe(STANDARD_1880)
  })

  it.each([
    STANDARD,
    STANDARD.toLowerCase(),
    `身份证${STANDARD}`,
    `${STANDARD}，男`,
    `a-${STANDARD}`,
    `${STANDARD}_1`,
    `${'9'.repeat(18)} ${STANDARD}`,
  ])('%s is found', (text) => {
    expect(findIdentity(text, TIME)).toBe('card')
  })

  it.each([
    ['a letter before', `A${STANDARD}`],
    ['a digit before', `1${STANDARD}`],
    ['a letter after', `${STANDARD}a`],
    ['a digit after', `${STANDARD}1`],
    ['a wrong check digit', `${STANDARD.slice(0, 17)}1`],
    ['another letter for the check digit', `${STANDARD.slice(0, 17)}Y`],
    ['a letter inside', `1101X519491231002X`],
    ['a birth before 1900', STANDARD_1880],
    ['no province', cardOf('16010519491231002')],
    ['no such day', cardOf('11010519490229002')],
    ['no such month', cardOf('11010519491331002')],
    ['full-width digits', STANDARD.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d)))],
    ['seventeen digits', STANDARD.slice(0, 17)],
  ])('is not seen in a number with %s', (_, text) => {
    expect(findIdentity(text, TIME)).toBeNull()
  })

  it('counts births up to ten years before the event, by its date as written', () => {
    expect(latestBirthAt(TIME)).toBe(20_140_301)
    expect(findIdentity(cardOf('11010520140301002'), TIME)).toBe('card')
    expect(findIdentity(cardOf('11010520140302002'), TIME)).toBeNull()
    expect(findIdentity(cardOf('11010520140229002'), '2024-02-29T00:00:00Z')).toBeNull()
    expect(findIdentity(cardOf('11010519000101002'), TIME)).toBe('card')
    expect(findIdentity(cardOf('11010518991231002'), TIME)).toBeNull()
  })

  it('is found whatever the birth date where the event has no readable time', () => {
    expect(findIdentity(cardOf('11010520240101002'), '')).toBe('card')
    expect(findIdentity(cardOf('11010520240101002'), 'yesterday')).toBe('card')
  })

  it('is found for every province code', () => {
    for (const code of provinceCodes) {
      expect(findIdentity(cardOf(`${code}010519491231002`), TIME)).toBe('card')
    }
  })
})

describe('a mobile number', () => {
  it.each([
    MOBILE,
    `tel:${MOBILE}`,
    `${MOBILE}.`,
    `电话${MOBILE}转`,
    `86-${MOBILE}`,
    '19900000000',
  ])('%s is found', (text) => {
    expect(findIdentity(text, TIME)).toBe('mobile')
  })

  it.each([
    `86${MOBILE}`,
    `x${MOBILE}`,
    `${MOBILE}x`,
    `${MOBILE}0`,
    MOBILE.slice(1),
    '12912345678',
    '23912345678',
    '139 1234 5678',
    '１３９１２３４５６７８',
    '1391234567a',
  ])('is not seen in %s', (text) => {
    expect(findIdentity(text, TIME)).toBeNull()
  })
})

it('finds what a plain reading of the rule by patterns finds', () => {
  const mobile = /(?<![A-Za-z0-9])1[3-9][0-9]{9}(?![A-Za-z0-9])/
  const card = /(?<![A-Za-z0-9])[0-9]{17}[0-9Xx](?![A-Za-z0-9])/g
  const isCard = (number: string): boolean => {
    const date = number.slice(6, 14).replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')
    const day = new Date(`${date}T00:00:00Z`)
    return (
      provinceCodes.has(Number(number.slice(0, 2))) &&
      !Number.isNaN(day.getTime()) &&
      day.toISOString().slice(0, 10) === date &&
      date >= '1900-01-01' &&
      date <= '2014-03-01' &&
      cardCheckDigit(number) === number.slice(17).toUpperCase()
    )
  }
  const piece = fc.oneof(
    fc.constantFrom(MOBILE, STANDARD, STANDARD_1880, '-', ' ', '号', 'a', 'X', '0', '1', '\u0000'),
    fc
      .tuple(
        fc.constantFrom('11', '43', '99'),
        fc.date({
          min: new Date('1890-01-01'),
          max: new Date('2020-01-01'),
          noInvalidDate: true,
        }),
        fc.boolean(),
      )
      .map(([province, day, right]) => {
        const first17 = `${province}0105${day.toISOString().slice(0, 10).replaceAll('-', '')}002`
        return right ? cardOf(first17) : `${first17}0`
      }),
    fc.stringMatching(/^1[2-9]\d{9}$/),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      const text = pieces.join('')
      const expected = mobile.test(text) || (text.match(card) ?? []).some(isCard)
      expect(findIdentity(text, TIME) !== null).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})
