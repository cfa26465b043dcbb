/**
 * A cell as its format gives it. A CSV has text only. A Date is a wall-clock reading without a time
 * zone, kept in the Date's UTC fields, as workbooks hold dates. Undefined: nothing there.
 */
export type Cell = string | number | boolean | Date | undefined

const dateText = (date: Date): string => {
  const [day = '', time = ''] = date.toISOString().split('T')
  const clock = time.slice(0, -1)
  if (clock === '00:00:00.000') return day
  return `${day} ${clock.endsWith('.000') ? clock.slice(0, -4) : clock}`
}

/** The cell as trimmed text, '' where it is empty. */
export const cellText = (cell: Cell): string => {
  if (typeof cell === 'string') return cell.trim()
  if (cell === undefined) return ''
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : dateText(cell)
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE'
  return String(cell)
}
