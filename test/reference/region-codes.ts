const digitsOfLevel: Readonly<Record<number, number>> = { 4: 2, 3: 4, 2: 6, 1: 9 }

/** Whether a region is a division code (2, 4, 6, 9 or 12 digits) rather than a name. */
const isDivisionCode = (region: string): boolean =>
  /^([0-9]{2}){1,3}$|^[0-9]{9}$|^[0-9]{12}$/.test(region)

/** Level by digits, 4 province to 1 township; undefined for what is no division code. */
export const levelOf = (code: string): number | undefined => {
  if (!isDivisionCode(code)) return undefined
  if (code.length === 2) return 4
  if (code.length === 4) return 3
  if (code.length > 6) return 1
  if (code.endsWith('0000')) return 4
  return code.endsWith('00') ? 3 : 2
}

/** `region@level`: the part of the code that names its ancestor there; others stay whole. */
export const ancestorAt = (region: string, level: number): string => {
  const own = levelOf(region)
  const digits = digitsOfLevel[level]
  if (digits === undefined) throw new Error(`No digits are known for the level ${level}.`)
  return own !== undefined && own <= level ? region.slice(0, digits) : region
}

/** Whether a recorded region is the one asked for, or lies below it by its code. */
export const liesIn = (recorded: string, asked: string): boolean => {
  if (recorded === asked) return true
  if (!isDivisionCode(recorded) || !isDivisionCode(asked)) return false
  let prefix = asked
  while (asked.length === 6 && prefix.length > 2 && prefix.endsWith('00')) {
    prefix = prefix.slice(0, -2)
  }
  return recorded.startsWith(prefix)
}
