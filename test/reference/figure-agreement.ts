import type { JsonRow } from './figures.ts'

/** Two unrounded numbers that only the order of floating-point operations may tell apart. */
const agree = (a: unknown, b: unknown): boolean => {
  if (typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= 1e-11 * Math.max(1, Math.abs(a), Math.abs(b))
  }
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
    return [...new Set([...left.keys(), ...right.keys()])].every(
      (name) => left.has(name) === right.has(name) && agree(left.get(name), right.get(name)),
    )
  }
  return a === b
}

/** What two answers to one question differ in, one line a row; none: they are the same figure. */
export const disagreements = (actual: readonly JsonRow[], expected: readonly JsonRow[]): string[] =>
  Array.from({ length: Math.max(actual.length, expected.length) }, (_, index) => index)
    .filter((index) => !agree(actual[index], expected[index]))
    .map(
      (index) =>
        `row ${index + 1}: ${JSON.stringify(actual[index])} instead of ${JSON.stringify(expected[index])}`,
    )
