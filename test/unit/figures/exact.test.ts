import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeBetween } from '../../../dashboards/figures/change.ts'
import { formatHalfUp, fractionOf, nearestDouble } from '../../../dashboards/figures/exact.ts'
import golden from '../golden/golden-fractions.json' with { type: 'json' }

const cell = (numerator: number, denominator = 1) => ({ numerator, denominator, excluded: 0 })

describe('half-up display', () => {
  it.each([
    [1, 8, 2, '0.13'],
    [-1, 8, 2, '-0.13'],
    [1, 200, 2, '0.01'],
    [-1, 300, 2, '0.00'],
    [1005, 1000, 2, '1.01'],
    [5, 10, 0, '1'],
    [0, 7, 1, '0.0'],
    [999, 1000, 1, '1.0'],
  ])('%d/%d with %d decimals is %s', (numerator, denominator, decimals, expected) => {
    expect(formatHalfUp(numerator, denominator, decimals)).toBe(expected)
  })

  it.each(golden.shares)('%s: %d of %d prints as published', (_, n, d, two, one, none) => {
    const printed = [2, 1, 0].map((decimals) => formatHalfUp(Number(n) * 100, Number(d), decimals))
    expect(printed).toEqual([two, one, none])
  })

  it.each(golden.changes)(
    '%s: from the base the change prints as published',
    (_, now, base, two, one) => {
      const { change } = changeBetween(cell(Number(now)), cell(Number(base)), false)
      const { numerator, denominator } = fractionOf(change ?? Number.NaN)
      expect(formatHalfUp(numerator, denominator, 2)).toBe(two)
      expect(formatHalfUp(numerator, denominator, 1)).toBe(one)
    },
  )
})

describe('the nearest double of a fraction', () => {
  it('is the quotient where both are safe integers', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1 }), (numerator, denominator) => {
        expect(nearestDouble(BigInt(numerator), BigInt(denominator))).toBe(
          numerator === 0 ? 0 : numerator / denominator,
        )
      }),
    )
  })

  it('does not change when both are multiplied beyond what a double holds', () => {
    const factor = 10n ** 25n
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1 }), (numerator, denominator) => {
        expect(nearestDouble(BigInt(numerator) * factor, BigInt(denominator) * factor)).toBe(
          nearestDouble(BigInt(numerator), BigInt(denominator)),
        )
      }),
    )
  })

  it('is what its own decimal text means', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 1e-12, max: 1e15 }), (value) => {
        const { numerator, denominator } = fractionOf(value)
        expect(nearestDouble(numerator, denominator)).toBe(value)
        expect(nearestDouble(-numerator, denominator)).toBe(-value)
      }),
    )
  })
})

describe('a change', () => {
  it('of a count is in %, of a rate in percentage points', () => {
    expect(changeBetween(cell(836), cell(190), false)).toEqual({
      value: 190,
      change: 340,
      unit: '%',
    })
    expect(changeBetween(cell(1, 2), cell(1, 4), true)).toEqual({
      numerator: 1,
      denominator: 4,
      value: 0.25,
      change: 25,
      unit: 'pp',
    })
  })

  it('is rounded once, from the exact fraction', () => {
    expect(changeBetween(cell(2), cell(3), false).change).toBe(-100 / 3)
    // in floating point (0.3 - 0.2) × 100 is 9.999999999999998
    expect(changeBetween(cell(3, 10), cell(2, 10), true).change).toBe(10)
  })

  it('over a base of 0 is none for %, but points from a rate of 0 are', () => {
    expect(changeBetween(cell(5), cell(0), false).change).toBeNull()
    expect(changeBetween(cell(0), cell(0), false).change).toBeNull()
    expect(changeBetween(cell(1, 4), cell(0, 9), true).change).toBe(25)
  })

  it('is none where either side has no value', () => {
    expect(changeBetween(cell(0, 0), cell(1, 2), true)).toMatchObject({ value: 0.5, change: null })
    expect(changeBetween(cell(1, 2), cell(0, 0), true)).toMatchObject({ value: null, change: null })
    expect(changeBetween(undefined, cell(3), false)).toEqual({ value: 3, change: null, unit: '%' })
    expect(changeBetween(cell(3), undefined, false)).toEqual({
      value: null,
      change: null,
      unit: '%',
    })
  })
})
