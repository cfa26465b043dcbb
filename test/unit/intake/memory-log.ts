import type { WaitFor } from '../../../producers/append/take-lines.ts'
import type { EventLog, Outcome, ReceivedEvent } from '../../../schemas/log/port.ts'

/**
 * An event log in memory: keeps the port's promises about outcomes and stores nothing. `calls` are
 * what it was asked, in order.
 */
export const memoryLog = () => {
  const hashes = new Map<string, string>()
  const batches: (readonly ReceivedEvent[])[] = []
  const calls: (WaitFor | 'settled')[] = []
  const log: EventLog = {
    settled: async () => {
      calls.push('settled')
    },
    publish: async (events, { waitFor = 'visible' } = {}) => {
      batches.push(events)
      calls.push(waitFor)
      const outcomes = events.map(({ subject, source, id, contentHash }): Outcome => {
        const key = JSON.stringify([subject, source, id])
        const there = hashes.get(key)
        if (there === undefined) {
          hashes.set(key, contentHash)
          return 'new'
        }
        return there === contentHash ? 'duplicate' : 'conflict'
      })
      return { outcomes }
    },
  }
  return { log, batches, calls }
}

/** A sound event as a client sends it. */
export const wireEvent = (n: number, over: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: `e${n}`,
  source: '/offices/430100',
  type: 'petition.registered.v1',
  subject: `m${n}`,
  time: '2024-03-01T09:00:00+08:00',
  data: { petitionId: `p${n}`, channel: 'letter', region: '430102', category: '住建/物业' },
  ...over,
})
