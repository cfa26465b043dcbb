import type { Store } from '../../schemas/store/port.ts'

export type StoredEvent = {
  readonly subject: string
  readonly source: string
  readonly id: string
  /** Epoch ms. */
  readonly received: number
}

/** What is stored, and who says when it was received. */
export const storedFacts = async (store: Store) => ({
  events: await store.query<StoredEvent>(
    'SELECT subject, source, id, hex(content_hash) AS content, toUnixTimestamp64Milli(received_at) AS received, toUnixTimestamp64Milli(recorded_at) AS recorded, event FROM case_events FINAL ORDER BY ALL',
  ),
  positions: await store.query(
    "SELECT origin, position, span, kind, hex(identity) AS identity, if(kind = 'nothing', 0, toUnixTimestamp64Milli(received_at)) AS received FROM log_positions FINAL ORDER BY ALL",
  ),
  letters: await store.query(
    'SELECT DISTINCT origin, position, reason FROM dead_letters ORDER BY ALL',
  ),
  edges: await store.query('SELECT * FROM merge_edges FINAL ORDER BY ALL'),
})

/** Tables that a rebuild keeps beside the live ones. */
export const tablesBeside = async (store: Store): Promise<readonly string[]> =>
  (
    await store.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(name, '_next')",
    )
  ).map(({ name }) => name)

/** Changes rows in place, as nothing of the product does. */
export const mutated = (store: Store, table: string, change: string): Promise<void> =>
  store.command(`ALTER TABLE ${table} ${change} SETTINGS mutations_sync = 2`)

/** The identity of an event, as `log_positions` has it, over columns of `case_events`. */
export const identitySql = "hex(MD5(concat(subject, '\\0', source, '\\0', id)))"

/** Identities of stored events, the last in the log first. */
export const lastEvents = async (store: Store, count: number): Promise<readonly string[]> =>
  (
    await store.query<{ identity: string }>(
      `SELECT hex(identity) AS identity FROM log_positions FINAL WHERE kind = 'event' GROUP BY identity ORDER BY max(position) DESC, identity LIMIT ${count}`,
    )
  ).map((row) => row.identity)

export const loseEvent = (store: Store, identity: string): Promise<void> =>
  mutated(store, 'case_events', `DELETE WHERE ${identitySql} = '${identity}'`)
