/** Compares by Unicode code point, which is the order of the UTF-8 bytes; `<` compares UTF-16 units. */
export const compareText = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))

export type Comparison<T> = (a: T, b: T) => number

/** Compares by the first of the keys that differs. */
export const byKeys =
  <T>(...keys: ((item: T) => number | string)[]): Comparison<T> =>
  (a, b) => {
    for (const key of keys) {
      const [left, right] = [key(a), key(b)]
      const order =
        typeof left === 'number' && typeof right === 'number'
          ? left - right
          : compareText(String(left), String(right))
      if (order !== 0) return order
    }
    return 0
  }
