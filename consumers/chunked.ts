/**
 * Splits in order. The sizes in a chunk sum up to `mostSize` at most, and it has `mostCount` members at
 * most (default: any number); what is larger by itself is a chunk of its own.
 */
export const chunked = <T>(
  all: readonly T[],
  sizeOf: (one: T) => number,
  { mostSize, mostCount = Number.POSITIVE_INFINITY }: { mostSize: number; mostCount?: number },
): T[][] => {
  const chunks: T[][] = []
  let last: T[] = []
  let size = 0
  for (const one of all) {
    const more = sizeOf(one)
    if (chunks.length === 0 || size + more > mostSize || last.length >= mostCount) {
      last = []
      chunks.push(last)
      size = 0
    }
    last.push(one)
    size += more
  }
  return chunks
}
