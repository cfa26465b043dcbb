import { eventTypes } from '../../schemas/events/types.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { BLOCK_ROWS } from './prepare.ts'

/** Fields of `data` as the engine reads them; one that is missing is empty. */
const data = {
  petitionId: 'String',
  channel: 'String',
  region: 'String',
  category: 'String',
  people: 'UInt32',
  receivedLevel: 'UInt8',
  competentLevel: 'UInt8',
  homeLevel: 'UInt8',
  org: 'String',
  purpose: 'String',
  petitioners: 'Array(String)',
  flags: 'Array(String)',
  supplement: 'Bool',
  leaderReception: 'Bool',
  toOrg: 'String',
  mode: 'String',
  route: 'String',
  outcome: 'String',
  target: 'String',
  stage: 'String',
  cohort: 'String',
  rating: 'String',
  result: 'String',
  reason: 'String',
  leadLevel: 'UInt8',
  byLevel: 'UInt8',
  notifiedAt: 'Nullable(String)',
  dueAt: 'Nullable(String)',
  days: 'UInt8',
  campaign: 'String',
  into: 'String',
  amountFen: 'UInt64',
  source: 'String',
  id: 'String',
} as const

const attributes = {
  id: 'String',
  recordedtime: 'Nullable(String)',
  source: 'String',
  subject: 'String',
  time: 'String',
  type: 'String',
} as const

const members = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')

const shape = `Tuple(${members(attributes)}, data Tuple(${members(data)}))`

const stamp = (text: string): string => `parseDateTime64BestEffort(${text}, 3, 'UTC')`
const stampOrNull = (text: string): string => `parseDateTime64BestEffortOrNull(${text}, 3, 'UTC')`

const field = (name: keyof typeof data): string => `e.data.${name}`

const ofType = (type: string, then: string): string => `e.type = '${type}', ${then}`

const ranks = eventTypes.map((_, index) => index + 1).join(', ')

/** Columns of `case_events` from one message, as `eventRows` fills them, taking every message to be sound. */
const columns: readonly (readonly [string, string])[] = [
  ['subject', 'e.subject'],
  ['source', 'e.source'],
  ['id', 'e.id'],
  ['content_hash', 'SHA256(raw)'],
  [
    'type_rank',
    `toUInt8(transform(e.type, [${eventTypes.map(sqlString).join(', ')}], [${ranks}], 0))`,
  ],
  ['time', stamp('e.time')],
  ['recorded_at', `ifNull(${stampOrNull('e.recordedtime')}, received_at)`],
  ['received_at', `ifNull(_timestamp_ms, now64(3, 'UTC'))`],
  ['stored_at', `now64(3, 'UTC')`],
  ['petition_id', field('petitionId')],
  ['channel', field('channel')],
  ['region', field('region')],
  ['category', field('category')],
  [
    'people',
    `if(e.type = 'petition.registered.v1', greatest(${field('people')}, 1), ${field('people')})`,
  ],
  ['received_level', field('receivedLevel')],
  ['competent_level', field('competentLevel')],
  ['home_level', field('homeLevel')],
  ['org', field('org')],
  [
    'purpose',
    `if(e.type = 'petition.registered.v1' AND ${field('purpose')} = '', 'appeal', ${field('purpose')})`,
  ],
  ['petitioners', field('petitioners')],
  ['flags', field('flags')],
  ['supplement', field('supplement')],
  ['leader_reception', field('leaderReception')],
  ['to_org', field('toOrg')],
  [
    'kind',
    `multiIf(${[
      ofType('matter.forwarded.v1', field('mode')),
      ofType('matter.accepted.v1', `if(${field('route')} = '', 'petition', ${field('route')})`),
      ofType('matter.closed.v1', field('outcome')),
      ofType('matter.evaluated.v1', field('target')),
      ofType('matter.backlogListed.v1', field('cohort')),
    ].join(', ')}, ${field('stage')})`,
  ],
  [
    'detail',
    `multiIf(${[
      ofType('matter.evaluated.v1', field('rating')),
      ofType('matter.reviewDecided.v1', field('result')),
    ].join(', ')}, ${field('reason')})`,
  ],
  ['level', `greatest(${field('leadLevel')}, ${field('byLevel')})`],
  ['notified_at', stampOrNull(field('notifiedAt'))],
  ['due_at', stampOrNull(field('dueAt'))],
  ['days', field('days')],
  ['campaign', field('campaign')],
  ['merged_into', field('into')],
  ['amount_fen', field('amountFen')],
  ['retracts_source', field('source')],
  ['retracts_id', field('id')],
  ['event', 'raw'],
]

/**
 * The engine's own consumer: a table of engine `Kafka` and a view that hands its rows to
 * `case_events`. It neither checks nor parks nor folds. Two consumers, a thread each, large blocks.
 */
export const createEngineConsumer = async (
  store: Store,
  { address, topic, group }: { address: string; topic: string; group: string },
): Promise<void> => {
  const settings = [
    `kafka_broker_list = ${sqlString(address)}`,
    `kafka_topic_list = ${sqlString(topic)}`,
    `kafka_group_name = ${sqlString(group)}`,
    `kafka_format = 'RawBLOB'`,
    'kafka_num_consumers = 2',
    'kafka_thread_per_consumer = 1',
    'kafka_flush_interval_ms = 2000',
    `kafka_max_block_size = ${BLOCK_ROWS}`,
    `kafka_poll_max_batch_size = ${BLOCK_ROWS}`,
  ]
  await store.command(
    `CREATE TABLE log_messages (raw String) ENGINE = Kafka SETTINGS ${settings.join(', ')}`,
  )
  const select = columns.map(([name, expression]) => `${expression} AS ${name}`).join(', ')
  await store.command(
    `CREATE MATERIALIZED VIEW log_to_case_events TO case_events AS
     WITH JSONExtract(raw, ${sqlString(shape)}) AS e SELECT ${select} FROM log_messages`,
  )
}
