/** The outcome of `work`, or a rejection with `late()` when it takes longer; the work itself goes on. */
export const within = async <T>(
  limitMs: number,
  work: Promise<T>,
  late: () => Error,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
    // whatever becomes of it later has nobody left to hear of it
    work.catch(() => undefined)
  }
}
