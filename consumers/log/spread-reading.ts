import type { Reader } from './read-batch.ts'
import type { ToRead, WhatWasRead } from './read-messages.ts'

/** Messages worth a reader of their own: fewer are read before another has heard of them. */
const LEAST_A_READER = 2_000

const messagesOf = ({ messages }: ToRead): number => messages.positions.length

/**
 * Places of runs in a list, shared out to so many readers at most, about as many messages to each.
 * Nobody's share is empty.
 */
export const sharesOf = (
  runs: readonly ToRead[],
  readers: number,
  leastAReader = LEAST_A_READER,
): readonly (readonly number[])[] => {
  const whole = runs.reduce((sum, run) => sum + messagesOf(run), 0)
  const most = Math.max(1, Math.min(readers, runs.length, Math.floor(whole / leastAReader)))
  const shares = Array.from({ length: most }, () => ({ places: [] as number[], messages: 0 }))
  const largestFirst = runs
    .map((run, place) => ({ place, messages: messagesOf(run) }))
    .sort((a, b) => b.messages - a.messages)
  for (const { place, messages } of largestFirst) {
    const share = shares.reduce((least, other) => (other.messages < least.messages ? other : least))
    share.places.push(place)
    share.messages += messages
  }
  return shares.map(({ places }) => places.sort((a, b) => a - b)).filter((s) => s.length > 0)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** Has the runs of a batch read by several readers beside each other. */
export const spreadReading =
  (readers: readonly Reader[]): Reader =>
  async (runs, storedAt): Promise<WhatWasRead> => {
    const shares = sharesOf(runs, readers.length)
    const parts = await Promise.all(
      shares.map((places, n) => {
        const reader = readers[n]
        if (reader === undefined) throw new Error(`no reader for share ${n}`)
        return reader(
          places.flatMap((place) => runs[place] ?? []),
          storedAt,
        )
      }),
    )
    const received: WhatWasRead['received'][number][] = []
    for (const [n, places] of shares.entries())
      for (const [at, place] of places.entries()) {
        const span = parts[n]?.received[at]
        if (span !== undefined) received[place] = span
      }
    return {
      events: sum(parts.map(({ events }) => events)),
      eventRows: parts.flatMap(({ eventRows }) => eventRows),
      positions: sum(parts.map(({ positions }) => positions)),
      positionRows: parts.flatMap(({ positionRows }) => positionRows),
      letters: parts.flatMap(({ letters }) => letters),
      merges: parts.flatMap(({ merges }) => merges),
      subjects: new Set(parts.flatMap(({ subjects }) => [...subjects])),
      received,
    }
  }
