/**
 * One `read` for all who ask before it begins; who asks while one is under way shares the one after
 * it, so that no answer is older than its question.
 */
export const sharedNext = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let underWay: Promise<unknown> = Promise.resolve()
  let next: Promise<T> | undefined
  return () => {
    next ??= underWay.then(() => {
      next = undefined
      const reading = read()
      underWay = reading.catch(() => undefined)
      return reading
    })
    return next
  }
}
