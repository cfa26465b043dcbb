import fc from 'fast-check'
import { type History, historyOf, type SentEvent } from './histories.ts'

const moved = (matterId: string, prefix: string): string =>
  `${prefix}${matterId.slice(matterId.indexOf('.'))}`

/** The same deliveries about matters whose ids begin otherwise, to put a history into a store again. */
export const relabelled = (sent: readonly SentEvent[], prefix: string): SentEvent[] =>
  sent.map(({ wire, receivedTime }) => {
    const { subject, data } = wire
    const pointed = 'into' in data ? { ...data, into: moved(String(data.into), prefix) } : data
    return { wire: { ...wire, subject: moved(subject, prefix), data: pointed }, receivedTime }
  })

/** Several histories that do not touch each other, for one insert and one fold. */
export const historyBatch = (options: {
  timezone: string
  prefix: string
  count: number
  maxEvents?: number
}): fc.Arbitrary<History> => {
  const { count, prefix, ...rest } = options
  const parts = Array.from({ length: count }, (_, index) =>
    historyOf({ ...rest, prefix: `${prefix}${String(index).padStart(4, '0')}` }),
  )
  return fc.tuple(...parts).map((histories) => ({
    timezone: options.timezone,
    sent: histories.flatMap(({ sent }) => sent),
    instants: [...new Set(histories.flatMap(({ instants }) => instants))].sort((a, b) => a - b),
  }))
}
