/** Code points a terminal shows two columns wide: CJK, kana, Hangul, full-width forms, emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const without = /^[\p{M}\p{Cf}]$/u

/** Columns a text takes on a terminal. */
export const displayWidth = (text: string): number => {
  let width = 0
  for (const character of text) width += without.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** Fills with spaces up to a width. */
export const padTo = (text: string, width: number, side: 'left' | 'right'): string => {
  const spaces = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return side === 'left' ? `${spaces}${text}` : `${text}${spaces}`
}
