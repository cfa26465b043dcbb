/** Rounds a number's shortest decimal text to `digits` decimals, halves away from zero. */
export const halfUp = (value: number, digits: number): string => {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toPrecision(15).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const units = BigInt(whole + fraction)
  const scaled =
    scale <= digits
      ? units * 10n ** BigInt(digits - scale)
      : (units * 2n + 10n ** BigInt(scale - digits)) / (2n * 10n ** BigInt(scale - digits))
  const text = scaled.toString().padStart(digits + 1, '0')
  const sign = value < 0 && scaled !== 0n ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** The same of a fraction, exactly. */
export const halfUpFraction = (numerator: number, denominator: number, digits: number): string => {
  const scaled = BigInt(numerator) * 2n * 10n ** BigInt(digits) + BigInt(denominator)
  const text = (scaled / (2n * BigInt(denominator))).toString().padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
