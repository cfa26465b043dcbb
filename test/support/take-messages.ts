import type { DeadLetter, RawMessage } from '../../consumers/dead-letters/letter.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import type { EventLog, Outcome, ReceivedEvent } from '../../schemas/log/port.ts'

export type MessagePorts = {
  readonly log: Pick<EventLog, 'publish'>
  /** Resolves when the letters are stored. */
  readonly park: (letters: readonly DeadLetter[]) => Promise<void>
}

/** How each message ended, in order. Every position ends as exactly one of these. */
export type MessageOutcome = Outcome | 'deadLetter'

/**
 * Takes messages of the log: checks each, parks those that can never be used with their reason and
 * bytes, stores the rest. The positions may be acknowledged once this resolves: a crash part-way
 * repeats the batch, which changes nothing. A store that does not answer rejects, and the same batch
 * is tried again.
 */
export const takeMessages = async (
  { log, park }: MessagePorts,
  messages: readonly RawMessage[],
): Promise<readonly MessageOutcome[]> => {
  const events: ReceivedEvent[] = []
  const letters: DeadLetter[] = []
  const read = messages.map((message): 'event' | 'letter' => {
    const parsed = parseEventText(message.value, { receivedTime: 'carried' })
    if (!parsed.ok) {
      letters.push({ message, errors: parsed.errors })
      return 'letter'
    }
    const { event } = parsed
    events.push({ ...event, receivedTime: event.receivedTime ?? message.receivedTime })
    return 'event'
  })
  await park(letters)
  const { outcomes } = await log.publish(events, { waitFor: 'stored' })
  let next = 0
  return read.map((kind) => (kind === 'letter' ? 'deadLetter' : (outcomes?.[next++] ?? 'new')))
}
