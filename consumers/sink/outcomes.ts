import type { Outcome, ReceivedEvent } from '../../schemas/log/port.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlStringSet } from '../../schemas/store/sql-text.ts'

const identity = (subject: string, source: string, id: string) =>
  JSON.stringify([subject, source, id])

type StoredContent = { subject: string; source: string; id: string; hash: string; received: number }

/** How each event of a batch ends, and which must be stored. */
export type Judged = {
  readonly outcomes: readonly Outcome[]
  /** New contents, conflicting contents, and copies received earlier than the one stored. */
  readonly toStore: readonly ReceivedEvent[]
}

/**
 * Compares a batch with what is stored and with itself: the first content of an identity is new, the
 * same content again a duplicate, other content a conflict. A duplicate is stored only where it was
 * received earlier than its stored copy: of equal copies the earliest stands.
 */
export const judge = (
  events: readonly ReceivedEvent[],
  stored: readonly StoredContent[],
): Judged => {
  const contents = new Map<string, Map<string, number>>()
  for (const { subject, source, id, hash, received } of stored) {
    const key = identity(subject, source, id)
    const known = contents.get(key) ?? new Map<string, number>()
    known.set(hash, Math.min(received, known.get(hash) ?? received))
    contents.set(key, known)
  }
  const outcomes: Outcome[] = []
  const toStore: ReceivedEvent[] = []
  for (const event of events) {
    const key = identity(event.subject, event.source, event.id)
    const known = contents.get(key)
    if (known === undefined) {
      contents.set(key, new Map([[event.contentHash, event.receivedTime]]))
      outcomes.push('new')
      toStore.push(event)
      continue
    }
    const received = known.get(event.contentHash)
    outcomes.push(received === undefined ? 'conflict' : 'duplicate')
    if (received === undefined || event.receivedTime < received) {
      known.set(event.contentHash, event.receivedTime)
      toStore.push(event)
    }
  }
  return { outcomes, toStore }
}

/** What is stored under the identities of a batch. */
export const storedContents = (
  store: Store,
  events: readonly ReceivedEvent[],
): Promise<StoredContent[]> =>
  store.query<StoredContent>(`
  SELECT subject, source, id, lower(hex(content_hash)) AS hash, toUnixTimestamp64Milli(min(received_at)) AS received
  FROM case_events
  WHERE subject IN ${sqlStringSet([...new Set(events.map(({ subject }) => subject))])}
    AND id IN ${sqlStringSet([...new Set(events.map(({ id }) => id))])}
  GROUP BY subject, source, id, content_hash`)
