import { rank } from '../schemas/fold/known-events.ts'
import type { Store } from '../schemas/store/port.ts'

/**
 * A large history made by the engine itself: matters over three years with five events each on
 * average, written straight into `case_events` in the form the sink stores. Everything about a
 * matter follows from its number, so the store of a size is always the same. Matters are numbered
 * by registration and named as offices name them, by district and number: every part of the table
 * covers all districts.
 */

/** First instant of the history and its length: 2022, 2023 and 2024 in UTC. */
export const HISTORY_FROM = Date.UTC(2022, 0, 1)
export const HISTORY_TO = Date.UTC(2025, 0, 1)
const SPAN_MS = HISTORY_TO - HISTORY_FROM

/** A prime that deals numbers out to the districts. */
const DEALT = 7919

/** Name of a matter by its number, the same as `subjectSql`. */
export const subjectOf = (number: number): string =>
  `4301${String(2 + (Math.floor((number * DEALT) / 64) % 9)).padStart(2, '0')}-${String(number).padStart(8, '0')}`

const districtSql = (n: string): string =>
  `concat('4301', leftPad(toString(2 + intDiv(${n} * ${DEALT}, 64) % 9), 2, '0'))`
const subjectSql = (n: string): string =>
  `concat(${districtSql(n)}, '-', leftPad(toString(${n}), 8, '0'))`

const day = (days: string) => `toInt64(${days} * 86400000)`

/** A share of matters (or of what `salt` is mixed with), the same at every call. */
const chance = (salt: string, percent: number): string =>
  `(cityHash64(n, '${salt}') % 10000 < ${Math.round(percent * 100)})`

/** Uniform in [0, 1), by salt. */
const uniform = (salt: string): string => `((cityHash64(n, '${salt}') % 1000003) / 1000003)`

const pick = (salt: string, values: readonly string[]): string =>
  `[${values.map((value) => `'${value}'`).join(', ')}][1 + cityHash64(n, '${salt}') % ${values.length}]`

/** One kind of event: its type, when it is there, milliseconds after registration, and what it says. */
type Kind = {
  readonly rank: number
  readonly when: string
  readonly after: string
  readonly kind?: string
  readonly detail?: string
  readonly extra?: number
}

const accepted = chance('accepted', 92)
const closed = `(${accepted} AND ${chance('closed', 92)})`
const acceptedAfter = day(`${uniform('accepted at')} * 12`)
const closedAfter = `(${acceptedAfter} + ${day(`2 + pow(${uniform('closed at')}, 2) * 95`)})`

const kinds: readonly Kind[] = [
  { rank: rank.registered, when: 'true', after: 'toInt64(0)' },
  {
    rank: rank.registered,
    when: chance('again', 20),
    after: day(`1 + ${uniform('again at')} * 160`),
    extra: 1,
  },
  {
    rank: rank.forwarded,
    when: chance('forwarded', 84),
    after: day(`${uniform('forwarded at')} * 5`),
    kind: pick('mode', ['transfer', 'assign']),
  },
  {
    rank: rank.accepted,
    when: accepted,
    after: acceptedAfter,
    kind: `if(${chance('route', 8)}, 'litigation', 'petition')`,
  },
  {
    rank: rank.declined,
    when: `(NOT ${accepted} AND ${chance('declined', 70)})`,
    after: day('6'),
    detail: "'notCompetent'",
  },
  { rank: rank.supervised, when: chance('supervised', 7), after: day('30') },
  { rank: rank.leadAssigned, when: chance('lead', 3), after: day('20') },
  { rank: rank.extended, when: chance('extended', 8), after: `(${acceptedAfter} + ${day('50')})` },
  {
    rank: rank.closed,
    when: closed,
    after: closedAfter,
    kind: pick('outcome', ['supported', 'partly', 'notSupported', 'mediated', 'redirected']),
  },
  {
    rank: rank.reopened,
    when: `(${closed} AND ${chance('reopened', 2)})`,
    after: `(${closedAfter} + ${day('20')})`,
  },
  {
    rank: rank.closed,
    when: `(${closed} AND ${chance('reopened', 2)} AND ${chance('closed again', 75)})`,
    after: `(${closedAfter} + ${day('55')})`,
    kind: "'supported'",
    extra: 1,
  },
  {
    rank: rank.evaluated,
    when: `(${closed} AND ${chance('rated', 50)})`,
    after: `(${closedAfter} + ${day(`${uniform('rated at')} * 25`)})`,
    kind: "'unit'",
    detail: pick('rating', ['satisfied', 'satisfied', 'basic', 'dissatisfied']),
  },
  {
    rank: rank.evaluated,
    when: `(${closed} AND ${chance('rated office', 40)})`,
    after: `(${closedAfter} + ${day(`${uniform('office rated at')} * 25`)})`,
    kind: "'office'",
    detail: pick('office rating', ['satisfied', 'satisfied', 'basic', 'dissatisfied']),
    extra: 1,
  },
  {
    rank: rank.reviewRequested,
    when: `(${closed} AND ${chance('review', 6)})`,
    after: `(${closedAfter} + ${day('15')})`,
    kind: "'review'",
  },
  {
    rank: rank.reviewDecided,
    when: `(${closed} AND ${chance('review', 6)} AND ${chance('decided', 85)})`,
    after: `(${closedAfter} + ${day('42')})`,
    kind: "'review'",
    detail: pick('result', ['upheld', 'upheld', 'changed', 'revoked']),
  },
  {
    rank: rank.listed,
    when: chance('listed', 4),
    after: day('200'),
    kind: "'stock'",
    detail: "'overdue'",
  },
  {
    rank: rank.resolved,
    when: `(${chance('listed', 4)} AND ${chance('resolved', 65)})`,
    after: day('290'),
  },
  { rank: rank.settled, when: chance('settled', 3), after: `(${closedAfter} + ${day('10')})` },
  { rank: rank.reclassified, when: chance('reclassified', 4), after: day('4') },
  { rank: rank.withdrawn, when: chance('withdrawn', 2), after: day('9') },
  { rank: rank.voided, when: chance('voided', 1), after: day('1'), detail: "'mistake'" },
  { rank: rank.relief, when: chance('relief', 2), after: day('80') },
  { rank: rank.terminated, when: chance('terminated', 0.3), after: day('150') },
  { rank: rank.merged, when: chance('merged', 0.2), after: day('12') },
  { rank: rank.retracted, when: chance('retracted', 0.5), after: day('33') },
]

const eventsOf = (): string =>
  kinds
    .map(({ rank: type, when, after, kind = "''", detail = "''", extra = 0 }) => {
      const event = `(toUInt8(${type}), ${after}, toString(${kind}), toString(${detail}), toUInt8(${extra}))`
      return `if(${when}, [${event}], [])`
    })
    .join(',\n    ')

const is = (...types: number[]) => `r IN (${types.join(', ')})`
const where = (condition: string, value: string, otherwise = "''") =>
  `if(${condition}, ${value}, ${otherwise})`
const stamp = (ms: string) => `fromUnixTimestamp64Milli(${ms}, 'UTC')`

/** Events of matters [from, to) of `matters`, as one INSERT. Some are copies and conflicts. */
const insertSql = (from: number, to: number, matters: number): string => {
  const registered = is(rank.registered)
  const category = `concat(${pick(
    'category',
    Array.from({ length: 12 }, (_, i) => `类别${i + 1}`),
  )}, '/小类', toString(1 + cityHash64(n, 'sub') % 5))`
  const street = `concat(${districtSql('n')}, leftPad(toString(1 + cityHash64(n, 'lane') % 7), 3, '0'))`
  const org = `concat('单位', toString(cityHash64(n, 'org') % 100))`
  const columns: readonly (readonly [string, string])[] = [
    ['subject', subjectSql('n')],
    ['source', `concat('/offices/', ${districtSql('n')})`],
    ['id', `concat('e', hex(cityHash64(n, r, extra)))`],
    ['content_hash', 'SHA256(concat(event, toString(conflicting)))'],
    ['type_rank', 'r'],
    ['time', stamp('happened')],
    ['recorded_at', stamp('recorded')],
    ['received_at', stamp('recorded + 60000 + cityHash64(n, r, extra) % 3600000')],
    ['stored_at', stamp('recorded + 3700000')],
    [
      'petition_id',
      where(is(rank.registered, rank.voided), `concat('P', toString(n), '-', toString(extra))`),
    ],
    ['channel', where(registered, pick('channel', ['letter', 'visit', 'call', 'online']))],
    ['region', where(registered, street)],
    ['category', where(`${registered} OR ${is(rank.reclassified)}`, category)],
    ['people', where(registered, `toUInt32(1 + cityHash64(n, 'people') % 7)`, 'toUInt32(0)')],
    ['received_level', where(registered, `toUInt8(1 + cityHash64(n, 'got') % 4)`, 'toUInt8(0)')],
    ['competent_level', where(registered, `toUInt8(1 + cityHash64(n, 'may') % 3)`, 'toUInt8(0)')],
    ['org', where(is(rank.accepted, rank.closed), org)],
    ['purpose', where(registered, `if(${chance('purpose', 6)}, 'suggestion', 'appeal')`)],
    [
      'flags',
      where(
        `${registered} AND ${chance('flag', 6)}`,
        `[${pick('which flag', ['crossRegion', 'litigation', 'residenceSeparated'])}]`,
        "CAST([], 'Array(String)')",
      ),
    ],
    ['to_org', where(is(rank.forwarded), org)],
    ['kind', 'kind'],
    ['detail', 'detail'],
    ['level', where(is(rank.supervised, rank.leadAssigned), 'toUInt8(3)', 'toUInt8(0)')],
    [
      'notified_at',
      where(
        `${is(rank.accepted)} AND ${chance('notified', 70)}`,
        `toNullable(${stamp('happened + 86400000')})`,
        'NULL',
      ),
    ],
    ['days', where(is(rank.extended), 'toUInt8(30)', 'toUInt8(0)')],
    ['campaign', where(is(rank.listed, rank.resolved), "'2023'")],
    ['merged_into', where(is(rank.merged), subjectSql(`((n + 1) % ${matters})`))],
    [
      'amount_fen',
      where(is(rank.relief), 'toUInt64(100 * (cityHash64(n) % 100000))', 'toUInt64(0)'),
    ],
    ['retracts_source', where(is(rank.retracted), 'source')],
    [
      'retracts_id',
      where(
        is(rank.retracted),
        `concat('e', hex(cityHash64(n, toUInt8(${rank.forwarded}), toUInt8(0))))`,
      ),
    ],
    [
      'event',
      `concat('{"data":{"category":"', category, '","channel":"', channel, '","org":"', org, to_org, '","outcome":"', kind, '","petitionId":"', petition_id, '","region":"', region, '"},"id":"', id, '","recordedtime":"', toString(recorded_at), '","source":"', source, '","specversion":"1.0","subject":"', subject, '","time":"', toString(time), '","type":"', toString(type_rank), '"}')`,
    ],
  ]
  return `INSERT INTO case_events (${columns.map(([name]) => name).join(', ')})
    SELECT ${columns.map(([name, sql]) => `${sql} AS ${name}`).join(',\n      ')}
    FROM (
      SELECT n, e.1 AS r, e.3 AS kind, e.4 AS detail, e.5 AS extra, conflicting,
        ${HISTORY_FROM} + toInt64((n + ${uniform('registered')}) / ${matters} * ${SPAN_MS}) + e.2 AS happened,
        happened + toInt64(pow(${uniform('delay')}, 6) * 1728000000) AS recorded
      FROM (
        SELECT number AS n, arrayConcat(${eventsOf()}) AS events,
          if(cityHash64(n, 'conflict') % 1000 = 0, [0, 1], [0]) AS contents
        FROM numbers(${from}, ${to - from})
      ) ARRAY JOIN events AS e ARRAY JOIN contents AS conflicting
    ) WHERE happened < ${HISTORY_TO}`
}

const MATTERS_AN_INSERT = 100_000

/** Fills the empty table `case_events` with the history of `matters` matters. */
export const fillHistory = async (
  store: Store,
  matters: number,
  onProgress: (matters: number) => void = () => undefined,
): Promise<void> => {
  for (let from = 0; from < matters; from += MATTERS_AN_INSERT) {
    const to = Math.min(matters, from + MATTERS_AN_INSERT)
    await store.command(insertSql(from, to, matters))
    onProgress(to)
  }
  // as the sink does, which these rows did not pass
  await store.command(
    `INSERT INTO merge_edges SELECT DISTINCT subject, merged_into FROM case_events WHERE type_rank = ${rank.merged}`,
  )
}
