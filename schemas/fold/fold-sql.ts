import { sqlInstant, sqlStringSet } from '../store/sql-text.ts'
import { FOREVER } from '../tables/rows.ts'
import { type Cut, rank, storedEvents } from './known-events.ts'
import { type Column, layeredSelect } from './layered-select.ts'
import { endOfLocalDay, movedByLocalDays } from './local-days.ts'

/**
 * The fold: from the rows of `case_events` to the state of each matter, as one SELECT. Contract §3
 * is the law here; the reference fold of the tests states the same rules a second, slower way.
 */

/** Which matters to fold, and from which rows. */
export type FoldInput = {
  /** Condition over `subject` that picks the rows, e.g. a range or an IN. `true` for all. */
  readonly subjects: string
  /** They are few: 20,000 scattered over a large store are. */
  readonly few?: boolean
  /** Where the events are read. Default `case_events`, all of them. */
  readonly events?: string
  readonly timezone: string
  /** Absent: everything stored, whatever its dates. */
  readonly cut?: Cut
  /**
   * Epoch ms: events received later are not there, for the stamps of knowledge either; but for the
   * matters `unbounded`.
   */
  readonly upTo?: number
  readonly unbounded?: readonly string[]
  /**
   * Fold matters of merge components instead of single subjects. Relation of (matter_id, member,
   * role, merged_into, away): a row for each pair of matters of a component; role 2 the matter
   * itself, 1 its petitions count here, 0 only seen; away as epoch ms pairs of the first's.
   */
  readonly merged?: string
}

/** An empty Nullable stamp as epoch ms, before every stamp there can be. */
const NO_STAMP = 'toInt64(-4000000000000000)'

const forever = sqlInstant(FOREVER)
const dateTime = "DateTime64(3, 'UTC')"
const nullTime = `NULL::Nullable(${dateTime})`
const ms = (time: string) => `toUnixTimestamp64Milli(${time})`
const moment = (epochMs: string) => `fromUnixTimestamp64Milli(${epochMs}, 'UTC')`

/** Each element's neighbour: the one before it (for the first: `edge`), the one after it. */
const before = (array: string, edge: string) =>
  `arraySlice(arrayPushFront(${array}, ${edge}), 1, length(${array}))`
const after = (array: string, edge: string) => `arraySlice(arrayPushBack(${array}, ${edge}), 2)`

// Places in the tuple of a registered petition (x in the expressions below).
const P = {
  time: 1,
  id: 2,
  origin: 3,
  channel: 6,
  region: 7,
  category: 8,
  org: 9,
  purpose: 10,
  flags: 11,
  people: 12,
  received: 13,
  competent: 14,
  home: 15,
  leader: 16,
  supplement: 17,
} as const
const p = (name: keyof typeof P) => `x.${P[name]}`
const first = (name: keyof typeof P) => `first.${P[name]}`

const eventColumns = [
  'subject',
  'source',
  'id',
  'type_rank',
  'time',
  'received_at',
  'recorded_at',
  'earliness',
  'petition_id',
  'channel',
  'region',
  'category',
  'people',
  'received_level',
  'competent_level',
  'home_level',
  'org',
  'purpose',
  'flags',
  'supplement',
  'leader_reception',
  'kind',
  'detail',
  'level',
  'notified_at',
  'due_at',
  'days',
  'campaign',
  'amount_fen',
]

/** First pass, one row a matter: what the later passes need of its events. */
const gathered = (merged: boolean): Column[] => {
  const own = merged ? 'k AND role = 2' : 'k'
  const belongs = merged ? 'k AND role >= 1' : 'k'
  const isType = (...types: number[]) =>
    types.length === 1 ? `type_rank = ${types[0]}` : `type_rank IN (${types.join(', ')})`
  const self = (...types: number[]) => `${own} AND ${isType(...types)}`
  const mine = (...types: number[]) => `${belongs} AND ${isType(...types)}`
  const order = '(time, id, source)'
  const latest = (value: string, condition: string) => `argMaxIf(${value}, ${order}, ${condition})`
  const earliest = (value: string, condition: string) =>
    `argMinIf(${value}, ${order}, ${condition})`
  const stamp = (time: string) => `ifNull(${ms(time)}, ${NO_STAMP})`
  const reviewed = (stage: string) => `${self(rank.reviewDecided)} AND kind = '${stage}'`
  return [
    ['matter_id', merged ? 'p.matter_id' : 'subject'],
    ['merged_into', merged ? 'any(p.merged_into)' : "''"],
    ['away', merged ? 'any(p.away)' : '[]::Array(Tuple(Int64, Int64))'],
    ['own_events', `countIf(${own} AND type_rank != ${rank.retracted})`],
    ['known_from', 'min(greatest(recorded_at, time))'],
    ['known_until', 'max(greatest(recorded_at, time))'],
    ['received_from', 'min(received_at)'],
    ['received_until', 'max(received_at)'],
    ['version', 'sum(earliness)'],
    [
      'registered',
      `groupArrayIf((time, petition_id, subject, id, toString(source), toString(channel), toString(region), toString(category), toString(org), toString(purpose), flags, people, received_level, competent_level, home_level, leader_reception, supplement), ${mine(rank.registered)})`,
    ],
    ['voids', `groupUniqArrayIf((subject, petition_id), ${mine(rank.voided)})`],
    [
      'not_standing',
      `groupUniqArrayIf(petition_id, NOT k AND ${merged ? 'role = 2 AND ' : ''}${isType(rank.registered)})`,
    ],
    ['relieves', `groupArrayIf((time, amount_fen), ${mine(rank.relief)})`],
    ['forwards', `countIf(${self(rank.forwarded)})`],
    ['forwarded_time', `minIf(time, ${self(rank.forwarded)})`],
    ['acceptances', `countIf(${self(rank.accepted)})`],
    [
      'acceptance',
      `arraySort(groupArrayIf((time, id, toString(source), toString(org), toString(kind), ${stamp('notified_at')}, ${stamp('due_at')}), ${self(rank.accepted)}))[1]`,
    ],
    ['last_accepted', `maxIf(time, ${self(rank.accepted)})`],
    ['declines', `countIf(${self(rank.declined)})`],
    ['last_declined', `maxIf(time, ${self(rank.declined)})`],
    ['reopenings', `countIf(${self(rank.reopened)})`],
    ['last_reopened', `maxIf(time, ${self(rank.reopened)})`],
    ['withdrawals', `countIf(${self(rank.withdrawn)})`],
    ['last_withdrawn', `maxIf(time, ${self(rank.withdrawn)})`],
    ['terminations', `countIf(${self(rank.terminated)})`],
    ['first_terminated', `minIf(time, ${self(rank.terminated)})`],
    ['settlements', `countIf(${self(rank.settled)})`],
    ['last_settled', `maxIf(time, ${self(rank.settled)})`],
    ['lead', latest('level', self(rank.leadAssigned))],
    ['supervisions', `countIf(${self(rank.supervised)})`],
    ['extensions', `groupArrayIf((time, days), ${self(rank.extended)})`],
    [
      'closings',
      `groupArrayIf((time, id, toString(source), toString(kind)), ${self(rank.closed)})`,
    ],
    [
      'steps',
      `groupArrayIf((time, type_rank), ${self(rank.accepted, rank.declined, rank.closed, rank.reopened, rank.withdrawn)})`,
    ],
    ['rated_unit', latest('toString(detail)', `${self(rank.evaluated)} AND kind = 'unit'`)],
    ['rated_office', latest('toString(detail)', `${self(rank.evaluated)} AND kind = 'office'`)],
    ['review_requests', `groupArrayIf(time, ${self(rank.reviewRequested)} AND kind = 'review')`],
    ['recheck_requests', `groupArrayIf(time, ${self(rank.reviewRequested)} AND kind = 'recheck')`],
    ['reviews', `countIf(${reviewed('review')})`],
    ['review', earliest('(time, toString(detail))', reviewed('review'))],
    ['rechecks', `countIf(${reviewed('recheck')})`],
    ['recheck', earliest('(time, toString(detail))', reviewed('recheck'))],
    [
      'listings',
      `arraySort(groupArrayIf((toString(campaign), time, id, toString(source), toString(kind), toString(detail)), ${self(rank.listed)}))`,
    ],
    ['resolutions', `groupArrayIf((toString(campaign), time), ${self(rank.resolved)})`],
    ['new_region', latest('toString(region)', `${self(rank.reclassified)} AND region != ''`)],
    ['new_category', latest('toString(category)', `${self(rank.reclassified)} AND category != ''`)],
    ['new_org', latest('toString(org)', `${self(rank.reclassified)} AND org != ''`)],
    [
      'new_competent',
      latest('competent_level', `${self(rank.reclassified)} AND competent_level > 0`),
    ],
  ]
}

/** Second pass: petitions in order, closings in order, scope, the due date. */
const ordered = (timezone: string): Column[][] => [
  [
    [
      'by_identity',
      `arraySort(x -> (${p('origin')}, ${p('id')}, ${p('time')}, x.4, x.5), registered)`,
    ],
    ['closed_in_order', 'arraySort(closings)'],
    ['is_declined', 'declines > 0 AND (acceptances = 0 OR last_declined >= last_accepted)'],
    ['is_withdrawn', 'withdrawals > 0 AND (reopenings = 0 OR last_withdrawn >= last_reopened)'],
    ['ever_closed', 'notEmpty(closings)'],
  ],
  [
    // registered more than once: the earliest stands
    [
      'petitions',
      `arraySort(x -> (${p('time')}, ${p('id')}, ${p('origin')}), arrayFilter((x, y) -> (${p('origin')}, ${p('id')}) != y, by_identity, ${before(`arrayMap(x -> (${p('origin')}, ${p('id')}), by_identity)`, "('', '')")}))`,
    ],
    ['first_closing', 'closed_in_order[1]'],
    // of one stamp a reopening comes after a closing
    ['standing', 'arrayFilter(x -> reopenings = 0 OR x.1 > last_reopened, closed_in_order)'],
    ['scope', "NOT is_declined AND NOT is_withdrawn AND merged_into = ''"],
  ],
  [
    ['is_void', `arrayMap(x -> has(voids, (${p('origin')}, ${p('id')})), petitions)`],
    ['is_closed', 'notEmpty(standing)'],
    ['closing', 'standing[1]'],
  ],
  [['counted', `arrayFilter((x, v) -> NOT v AND NOT ${p('supplement')}, petitions, is_void)`]],
  [
    ['has_first', 'notEmpty(counted)'],
    ['first', 'counted[1]'],
    ['counted_times', `arrayMap(x -> ${p('time')}, counted)`],
  ],
  [
    [
      'has_due',
      `acceptances > 0 AND acceptance.5 = 'petition' AND NOT (has_first AND ${first('purpose')} IN ('suggestion', 'report'))`,
    ],
  ],
  [
    [
      'original_due',
      `if(acceptance.7 = ${NO_STAMP}, ${endOfLocalDay('acceptance.1', 60, timezone)}, ${moment('acceptance.7')})`,
    ],
  ],
  [['approved', 'if(has_due, arrayFilter(x -> x.1 <= original_due, extensions), [])']],
  [['extended_dues', movedByLocalDays('original_due', 'approved', timezone)]],
]

// Marks in the arrays of the third pass, in epoch ms: before all time, "no due date", "not open".
const NEVER = 'toInt64(-1000000000000000)'
const NO_DUE = 'toInt64(-2000000000000000)'
const NOT_OPEN = 'toInt64(-3000000000000000)'
const AWAY = 100
const BACK = 101

/**
 * Third pass: the spells during which a matter was open. Most matters were accepted once and closed
 * at most once. For the others every step is laid in order behind one before all time; the last
 * step of each kind is carried forward; what holds after the last step of an instant holds for
 * every later instant up to the next.
 */
const spells = (): Column[][] => {
  const last = (type: number) => `arrayFill((t, w) -> w = ${type}, moments, kinds)`
  return [
    [
      [
        'plain',
        'acceptances < 2 AND declines = 0 AND withdrawals = 0 AND reopenings = 0 AND empty(approved) AND empty(away)',
      ],
      ['first_due_ms', `if(has_due, ${ms('original_due')}, ${NO_DUE})`],
      ['final_due', `if(empty(extended_dues), original_due, arrayMax(x -> x.2, extended_dues))`],
    ],
    [
      [
        'laid_out',
        `if(plain OR acceptances = 0, [], arraySort(arrayConcat(
      [(${NEVER}, toUInt8(0), first_due_ms)],
      arrayMap(s -> (${ms('s.1')}, s.2, toInt64(0)), steps),
      arrayMap(x -> (${ms('x.1')}, toUInt8(${rank.extended}), arrayMax(arrayMap(y -> if(y.1 <= x.1, ${ms('y.2')}, ${NO_DUE}), extended_dues))), extended_dues),
      arrayMap(o -> (o.1, toUInt8(${AWAY}), toInt64(0)), away),
      arrayMap(o -> (o.2, toUInt8(${BACK}), toInt64(0)), arrayFilter(o -> o.2 < ${FOREVER}, away)))))`,
      ],
    ],
    [
      ['moments', 'arrayMap(x -> x.1, laid_out)'],
      ['kinds', 'arrayMap(x -> x.2, laid_out)'],
      ['due_then', 'arrayMap(x -> x.3, laid_out)'],
    ],
    [
      [
        'standings',
        `arrayMap((t, a, d, w, r, c, g, b, u) -> (t, if(
      a > ${NEVER} AND d < a AND NOT (w > ${NEVER} AND w >= r) AND c <= r AND g <= b, u, ${NOT_OPEN})),
      moments, ${[rank.accepted, rank.declined, rank.withdrawn, rank.reopened, rank.closed, AWAY, BACK].map(last).join(', ')},
      arrayFill((d, w) -> w = ${rank.extended}, due_then, kinds))`,
      ],
    ],
    [
      [
        'settled_states',
        `arrayFilter((x, t, u) -> t != u, standings, moments, ${after('moments', 'toInt64(0)')})`,
      ],
    ],
    [
      [
        'turns',
        `arrayFilter((x, y) -> x.2 != y, settled_states, ${before('arrayMap(x -> x.2, settled_states)', NOT_OPEN)})`,
      ],
    ],
    [
      [
        'open_spells_found',
        `if(plain,
      if(acceptances > 0 AND (NOT ever_closed OR first_closing.1 > acceptance.1),
        [(acceptance.1, if(ever_closed, first_closing.1, ${forever}), if(has_due, toNullable(original_due), NULL))], []),
      arrayMap((x, y) -> (${moment('x.1')}, ${moment('y')}, if(x.2 = ${NO_DUE}, NULL, toNullable(${moment('x.2')}))),
        arrayFilter(x -> x.2 != ${NOT_OPEN}, turns),
        arrayFilter((y, x) -> x.2 != ${NOT_OPEN}, ${after('arrayMap(x -> x.1, turns)', `toInt64(${FOREVER})`)}, turns)))`,
      ],
    ],
  ]
}

const orNull = (exists: string, value: string) => `if(${exists}, ${value}, ${nullTime})`

/** With the element names of the table: beside live rows in a UNION, nameless ones would unname both. */
const withNames = (tuples: string, elements: string) => `(${tuples})::Array(Tuple(${elements}))`

/** The columns of `matters`, then `petition_rows`: tuples in the order of the table `petitions`. */
const states: readonly Column[] = [
  ['matter_id', 'matter_id'],
  ['present', "own_events > 0 OR notEmpty(petitions) OR notEmpty(relieves) OR merged_into != ''"],
  ['merged_into', 'merged_into'],
  ['voided', 'notEmpty(petitions) AND arrayAll(v -> v, is_void)'],
  ['in_scope', 'scope AND (own_events > 0 OR notEmpty(petitions) OR notEmpty(relieves))'],
  ['declined_at', orNull('is_declined', 'last_declined')],
  ['withdrawn_at', orNull('is_withdrawn', 'last_withdrawn')],
  ['terminated_at', orNull('terminations > 0', 'first_terminated')],
  ['registered_at', orNull('has_first', first('time'))],
  ['petition_times', 'counted_times'],
  ['region', `if(NOT has_first, '', if(new_region != '', new_region, ${first('region')}))`],
  ['category', `if(NOT has_first, '', if(new_category != '', new_category, ${first('category')}))`],
  ['channel', `if(has_first, ${first('channel')}, '')`],
  ['purpose', `if(has_first, ${first('purpose')}, '')`],
  ['flags', `if(has_first, arraySort(${first('flags')}), [])`],
  ['received_level', `if(has_first, ${first('received')}, 0)`],
  [
    'competent_level',
    `if(NOT has_first, 0, if(new_competent > 0, new_competent, ${first('competent')}))`,
  ],
  ['home_level', `if(has_first, ${first('home')}, 0)`],
  [
    'org',
    `multiIf(new_org != '', new_org, acceptances > 0 AND acceptance.4 != '', acceptance.4, has_first, ${first('org')}, '')`,
  ],
  ['channel_count', `length(arrayDistinct(arrayMap(x -> ${p('channel')}, counted)))`],
  [
    'cross_boundary',
    `arrayExists(x -> arrayExists(f -> f != 'litigation', ${p('flags')}), counted)`,
  ],
  ['forwarded_at', orNull('forwards > 0', 'forwarded_time')],
  ['accepted_at', orNull('acceptances > 0', 'acceptance.1')],
  ['route', "if(acceptances > 0, acceptance.5, '')"],
  [
    'notified_at',
    orNull(
      'acceptances > 0',
      `if(acceptance.6 = ${NO_STAMP}, acceptance.1, ${moment('acceptance.6')})`,
    ),
  ],
  ['due_at', orNull('scope AND has_due', 'final_due')],
  ['closed_at', orNull('is_closed', 'closing.1')],
  ['outcome', "if(is_closed, closing.4, '')"],
  ['first_closed_at', orNull('ever_closed', 'first_closing.1')],
  ['first_outcome', "if(ever_closed, first_closing.4, '')"],
  [
    'petitions_at_accepted',
    'if(acceptances > 0, arrayCount(t -> t <= acceptance.1, counted_times), 0)',
  ],
  [
    'petitions_at_first_closing',
    'if(ever_closed, arrayCount(t -> t <= first_closing.1, counted_times), 0)',
  ],
  [
    'returned_at',
    orNull(
      'ever_closed AND arrayExists(t -> t > first_closing.1, counted_times)',
      'arrayFirst(t -> t > first_closing.1, counted_times)',
    ),
  ],
  ['lead_level', 'lead'],
  ['supervised', 'supervisions > 0'],
  ['unit_rating', 'rated_unit'],
  ['office_rating', 'rated_office'],
  ['review_requested_at', 'arraySort(review_requests)'],
  ['recheck_requested_at', 'arraySort(recheck_requests)'],
  ['review_decided_at', orNull('reviews > 0', 'review.1')],
  ['review_result', "if(reviews > 0, review.2, '')"],
  ['recheck_decided_at', orNull('rechecks > 0', 'recheck.1')],
  ['recheck_result', "if(rechecks > 0, recheck.2, '')"],
  ['settled_at', orNull('settlements > 0', 'last_settled')],
  ['settled', 'settlements > 0 AND NOT arrayExists(t -> t > last_settled, counted_times)'],
  [
    'campaigns',
    withNames(
      `arrayMap(x -> (x.1, x.5, x.6, x.2, if(arrayExists(r -> r.1 = x.1, resolutions), arrayMax(r -> r.2, arrayFilter(r -> r.1 = x.1, resolutions)), ${nullTime})),
      arrayFilter((x, y) -> x.1 != y, listings, ${before('arrayMap(x -> x.1, listings)', "''")}))`,
      `campaign String, cohort String, reason String, listed_at ${dateTime}, resolved_at Nullable(${dateTime})`,
    ),
  ],
  [
    'relief',
    withNames("if(merged_into = '', arraySort(relieves), [])", `at ${dateTime}, amount_fen UInt64`),
  ],
  [
    'open_spells',
    withNames(
      'open_spells_found',
      `opened ${dateTime}, ended ${dateTime}, due Nullable(${dateTime})`,
    ),
  ],
  ['known_from', 'known_from'],
  ['known_until', 'known_until'],
  ['received_from', 'received_from'],
  ['received_until', 'received_until'],
  ['version', 'version'],
  [
    'petition_rows',
    `arrayConcat(
    if(merged_into != '', [], arrayMap((x, v) -> (
      ${p('origin')}, ${p('id')}, true, matter_id, ${p('time')}, ${p('channel')},
      if(new_region != '', new_region, ${p('region')}), if(new_category != '', new_category, ${p('category')}),
      if(new_org != '', new_org, ${p('org')}), ${p('purpose')}, arraySort(${p('flags')}), ${p('people')},
      ${p('received')}, if(new_competent > 0, new_competent, ${p('competent')}), ${p('home')},
      ${p('leader')}, ${p('supplement')}, v, NOT v AND NOT ${p('supplement')},
      NOT v AND NOT ${p('supplement')} AND (${p('id')}, ${p('origin')}) != (${first('id')}, ${first('origin')})),
      petitions, is_void)),
    arrayMap(x -> (
      matter_id, x, false, '', ${sqlInstant(0)}, '', '', '', '', '', []::Array(LowCardinality(String)), toUInt32(0),
      toUInt8(0), toUInt8(0), toUInt8(0), false, false, false, false, false),
      arrayFilter(x -> NOT arrayExists(y -> y.2 = x AND y.3 = matter_id, registered), not_standing)))`,
  ],
]

const thereOf = ({ upTo, unbounded = [] }: FoldInput): string => {
  if (upTo === undefined) return 'true'
  const bound = `received_at <= ${sqlInstant(upTo)}`
  return unbounded.length === 0 ? bound : `(${bound} OR subject IN ${sqlStringSet(unbounded)})`
}

/**
 * One row a matter. Used for the matters a batch touched, for a rebuild, and with a cut for a
 * figure as it was known. The last column holds the matter's petitions.
 */
export const foldSql = (input: FoldInput): string => {
  const events = storedEvents(
    {
      where: input.subjects,
      few: input.few ?? false,
      there: thereOf(input),
      events: input.events,
    },
    input.cut,
    eventColumns,
  )
  return layeredSelect({
    base: gathered(input.merged !== undefined),
    from:
      input.merged === undefined
        ? `FROM (${events}) GROUP BY subject`
        : `FROM (${events}) AS e INNER JOIN (${input.merged}) AS p ON e.subject = p.member GROUP BY p.matter_id`,
    middle: [...ordered(input.timezone), ...spells()],
    last: states,
  })
}
