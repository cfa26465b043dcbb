/** Stamps of receipt: the wall clock, but never going back within a process. */
export const receivedClock = (now: () => number = Date.now): (() => number) => {
  let last = 0
  return () => {
    last = Math.max(last, now())
    return last
  }
}
