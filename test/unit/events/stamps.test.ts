import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EARLIEST_STAMP, END_OF_STAMPS, parseStamp } from '../../../schemas/events/stamps.ts'
import { stampText } from './arbitraries.ts'

describe('a stamp', () => {
  it.each([
    ['2024-03-01T09:30:00+08:00', Date.UTC(2024, 2, 1, 1, 30)],
    ['2024-03-01t01:30:00z', Date.UTC(2024, 2, 1, 1, 30)],
    ['2024-03-01T01:30:00-00:00', Date.UTC(2024, 2, 1, 1, 30)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['2024-03-01T00:00:00+23:59', Date.UTC(2024, 1, 29, 0, 1)],
    ['2024-03-01T00:00:00-23:59', Date.UTC(2024, 2, 1, 23, 59)],
    ['1900-01-01T00:00:00Z', EARLIEST_STAMP],
    ['2199-12-31T23:59:59.999999999Z', END_OF_STAMPS - 1],
  ])('%s is read', (text, time) => {
    expect(parseStamp(text)).toBe(time)
  })

  it.each([
    ['2024-03-01T09:30:00.1Z', 100],
    ['2024-03-01T09:30:00.12Z', 120],
    ['2024-03-01T09:30:00.1239Z', 123],
    [`2024-03-01T09:30:00.0009${'9'.repeat(100)}Z`, 0],
  ])('%s is cut to the millisecond', (text, millisecond) => {
    expect(parseStamp(text)).toBe(Date.UTC(2024, 2, 1, 9, 30) + millisecond)
  })

  it('before 1970 is cut towards the past, as it is written', () => {
    expect(parseStamp('1960-01-01T00:00:00.0019Z')).toBe(Date.UTC(1960, 0, 1) + 1)
  })

  it.each([
    '',
    '2024-03-01',
    '2024-03-01T09:30:00',
    '2024-03-01T09:30+08:00',
    '2024-03-01 09:30:00+08:00',
    '2024-03-01T09:30:00 +08:00',
    '2024-03-01T09:30:00.+08:00',
    '2024-03-01T09:30:00,5+08:00',
    '2024-03-01T09:30:00+0800',
    '2024-03-01T09:30:00+08',
    '2024-03-01T09:30:00ZZ',
    '2024-03-01T09:30:00+08:00 ',
    ' 2024-03-01T09:30:00+08:00',
    '2024-3-1T09:30:00+08:00',
    '20240301T093000Z',
    '+02024-03-01T09:30:00Z',
    '２０２４-03-01T09:30:00Z',
    'yesterday',
  ])('%j is not RFC 3339', (text) => {
    expect(parseStamp(text)).toBe('syntax')
  })

  it.each([
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:61Z',
    '2024-01-01T00:00:00+24:00',
    '2024-01-01T00:00:00+08:60',
  ])('%s does not exist', (text) => {
    expect(parseStamp(text)).toBe('calendar')
  })

  it('with a leap second is refused as such', () => {
    expect(parseStamp('2016-12-31T23:59:60Z')).toBe('leapSecond')
  })

  it.each([
    '1899-12-31T23:59:59.999Z',
    '1900-01-01T00:00:00+00:01',
    '2200-01-01T00:00:00Z',
    '2199-12-31T23:59:59-00:01',
    '0024-03-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('%s is out of range', (text) => {
    expect(parseStamp(text)).toBe('range')
  })

  it('is the same instant at every offset, whatever the finer digits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: EARLIEST_STAMP, max: END_OF_STAMPS - 1 }),
        fc.integer({ min: -1439, max: 1439 }),
        fc.stringMatching(/^\d{0,9}$/),
        (time, offset, finer) => {
          expect(parseStamp(stampText(time, offset, finer))).toBe(time)
        },
      ),
    )
  })
})
