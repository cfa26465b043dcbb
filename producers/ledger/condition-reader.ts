import { type Cell, cellText } from './cell.ts'
import type { Condition } from './mapping.ts'

const holds = (condition: Condition, text: string): boolean =>
  (condition.empty === undefined || condition.empty === (text === '')) &&
  (condition.in === undefined || condition.in.has(text)) &&
  (condition.notIn === undefined || !condition.notIn.has(text)) &&
  (condition.matches === undefined || (text !== '' && condition.matches.test(text)))

/** Whether all conditions hold for a row; `at` gives the place of a column. */
export const conditionReader = (
  conditions: readonly Condition[],
  at: (column: string) => number,
): ((cells: readonly Cell[]) => boolean) => {
  const placed = conditions.map((condition) => ({ condition, index: at(condition.column) }))
  return (cells) => placed.every(({ condition, index }) => holds(condition, cellText(cells[index])))
}
