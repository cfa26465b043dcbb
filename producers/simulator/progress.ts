export type Progress = {
  readonly done: number
  /** Never below `done`, and equal to it in the last report. */
  readonly expectedTotal: number
}

/**
 * Passes the items through and reports after every `every` of them and at the end, for a progress
 * bar. `expectedTotal` may be an estimate: the reports correct it where it proves wrong.
 */
export function* withProgress<T>(
  items: Iterable<T>,
  expectedTotal: number,
  report: (progress: Progress) => void,
  every = 2_000,
): Generator<T> {
  let done = 0
  for (const item of items) {
    yield item
    done++
    if (done % every === 0) report({ done, expectedTotal: Math.max(expectedTotal, done) })
  }
  report({ done, expectedTotal: done })
}
