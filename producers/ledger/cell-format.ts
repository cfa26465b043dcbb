/** What a number in a cell of this format stands for. */
export type CellFormat =
  | { readonly kind: 'number' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  /** Shown with leading zeros, as codes are: at least this many digits. */
  | { readonly kind: 'code'; readonly digits: number }

// ECMA-376 part 1, 18.8.30; 27–36 and 50–58 are the dates of East Asian locales.
const builtinDates = new Set([
  14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58,
])
const builtinTimes = new Set([18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56])

/** The kind of a built-in number format by its id, or of a custom one by its code. */
export const cellFormat = (id: number, code: string | undefined): CellFormat => {
  if (code === undefined) {
    if (builtinDates.has(id)) return { kind: 'date' }
    return builtinTimes.has(id) ? { kind: 'time' } : { kind: 'number' }
  }
  const [section = ''] = code.split(';')
  // Quoted and escaped text, fillers, and brackets (colours, locales, elapsed time) say nothing here.
  const bare = section.replace(/"[^"]*"|\\.|[_*].|\[[^\]]*\]/g, '')
  if (/^0{2,}$/.test(bare)) return { kind: 'code', digits: bare.length }
  if (/[yd]/i.test(bare)) return { kind: 'date' }
  if (/\[[hms]+\]/i.test(section)) return { kind: 'number' }
  if (/[hs]/i.test(bare)) return { kind: 'time' }
  return /m/i.test(bare) ? { kind: 'date' } : { kind: 'number' }
}

const dayMs = 86_400_000

/**
 * The reading of a serial date number: days since the end of 1899, or since 1904 in workbooks that
 * say so. The 1900 system counts a 29 February 1900 that never was.
 */
export const serialDate = (serial: number, date1904: boolean): Date => {
  const days = date1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial
  return new Date(Math.round((days - 25_569) * dayMs))
}

/** The cell's value: a Date for dates, text for times of day and codes, else the number. */
export const formattedNumber = (
  value: number,
  format: CellFormat,
  date1904: boolean,
): number | string | Date => {
  switch (format.kind) {
    case 'number':
      return value
    case 'code':
      return Number.isInteger(value) && value >= 0
        ? String(value).padStart(format.digits, '0')
        : value
    case 'date':
      return serialDate(value, date1904)
    case 'time':
      return value >= 1
        ? serialDate(value, date1904)
        : (new Date(Math.round(value * dayMs)).toISOString().split('T')[1]?.slice(0, 8) ?? value)
  }
}
