import type { CaseEvent } from './event.ts'
import { rankOf } from './types.ts'

/**
 * Compares two texts by Unicode code point, which is the order of their UTF-8 bytes and so that of
 * the store. `<` compares UTF-16 units and puts characters beyond U+FFFF before U+E000–U+FFFF.
 */
export const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    // Where units differ, a surrogate stands for a character beyond every other unit's.
    const xHigh = x >= 0xd800 && x <= 0xdfff
    const yHigh = y >= 0xd800 && y <= 0xdfff
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1
  }
  return a.length - b.length
}

/** "Earliest" and "latest" of contract §2: by (time, place of the type in its table, id, source). */
export const compareEvents = (
  a: Pick<CaseEvent, 'time' | 'type' | 'id' | 'source'>,
  b: Pick<CaseEvent, 'time' | 'type' | 'id' | 'source'>,
): number =>
  a.time - b.time ||
  rankOf[a.type] - rankOf[b.type] ||
  compareText(a.id, b.id) ||
  compareText(a.source, b.source)
