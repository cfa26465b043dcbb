import { parseEvent } from '../../schemas/events/parse.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { wireEvent } from '../unit/intake/memory-log.ts'

/** Sound events as the edge hands them over: of matters `m0` … in turn. */
export const caseEvents = (
  count: number,
  { from = 0, matters = count, over = {} }: { from?: number; matters?: number; over?: object } = {},
): readonly ReceivedEvent[] =>
  Array.from({ length: count }, (_, n) => {
    const wire = wireEvent(from + n, { subject: `m${(from + n) % matters}`, ...over })
    const parsed = parseEvent(wire, { receivedTime: 'refused' })
    if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join('; '))
    return { ...parsed.event, receivedTime: Date.now() }
  })
