/** Bits kept of a quotient before it becomes a double: more than the 53 of one, and one for what is cut off. */
const KEPT_BITS = 66

const bitLength = (value: bigint): number => value.toString(2).length

/** The double nearest to numerator / denominator (denominator not 0). */
export const nearestDouble = (numerator: bigint, denominator: bigint): number => {
  if (denominator < 0n) return nearestDouble(-numerator, -denominator)
  if (numerator < 0n) return -nearestDouble(-numerator, denominator)
  if (numerator === 0n) return 0
  if (numerator <= Number.MAX_SAFE_INTEGER && denominator <= Number.MAX_SAFE_INTEGER)
    return Number(numerator) / Number(denominator)
  const shift = Math.max(0, KEPT_BITS - bitLength(numerator) + bitLength(denominator))
  const scaled = numerator << BigInt(shift)
  // what the division cuts off still decides a tie, so it leaves its mark in the last bit
  const rest = scaled % denominator === 0n ? 0n : 1n
  return Number((scaled / denominator) | rest) / 2 ** shift
}

/** A decimal text such as "-0.125" or "1.5e-7" (what a double prints) as numerator and denominator. */
export const fractionOf = (value: number): { numerator: bigint; denominator: bigint } => {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (match === null) throw new RangeError('not a finite number')
  const [, sign = '', whole = '0', decimals = '', exponentText = '0'] = match
  const digits = BigInt(`${sign}${whole}${decimals}`)
  const exponent = Number(exponentText) - decimals.length
  return exponent >= 0
    ? { numerator: digits * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-exponent) }
}

/**
 * numerator / denominator with that many decimals, halves rounded up in size (四舍五入): 0.125 with
 * two decimals is 0.13, -0.125 is -0.13. Exact whatever the size; denominator not 0.
 */
export const formatHalfUp = (
  numerator: bigint | number,
  denominator: bigint | number,
  decimals: number,
): string => {
  let [top, bottom] = [BigInt(numerator), BigInt(denominator)]
  if (bottom === 0n) throw new RangeError('a fraction over 0 has no value')
  if (bottom < 0n) [top, bottom] = [-top, -bottom]
  const size = top < 0n ? -top : top
  const units = (size * 10n ** BigInt(decimals) * 2n + bottom) / (bottom * 2n)
  const digits = units.toString().padStart(decimals + 1, '0')
  const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
  return top < 0n && units !== 0n ? `-${text}` : text
}
