import type { Part, Unit } from './metric.ts'

/** What rows of a metric's table count of a part, as an aggregate; its `at` is left to the caller. */
export const partSql = ({
  weight,
  where,
  distinct,
}: Pick<Part<Unit>, 'weight' | 'where' | 'distinct'>): string => {
  if (distinct !== undefined)
    return where === undefined ? `uniqExact(${distinct})` : `uniqExactIf(${distinct}, ${where})`
  if (where === undefined) return weight === undefined ? 'count()' : `sum(${weight})`
  return weight === undefined ? `countIf(${where})` : `sumIf(${weight}, ${where})`
}
