import fc from 'fast-check'

/**
 * Ways to deliver `count` events: batches of their indexes in which each comes at least once, in any
 * order, some of them again in the same batch or a later one.
 */
export const deliveryPlan = (count: number): fc.Arbitrary<number[][]> => {
  const once = Array.from({ length: count }, (_, index) => index)
  return fc
    .array(fc.constantFrom(...once), { maxLength: Math.ceil(count / 2) })
    .chain((again) => {
      const all = [...once, ...again]
      return fc.tuple(
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        fc.array(fc.integer({ min: 1, max: Math.max(1, count) }), { minLength: 1, maxLength: 8 }),
      )
    })
    .map(([order, sizes]) => {
      const batches: number[][] = []
      for (let from = 0, turn = 0; from < order.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1
        batches.push(order.slice(from, from + size))
        from += size
      }
      return batches
    })
}
