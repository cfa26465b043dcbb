import { PulseError } from '../../schemas/errors.ts'
import { eventTypes } from '../../schemas/events/types.ts'
import { type Cut, storedEvents } from '../../schemas/fold/known-events.ts'
import { foldedMeanwhile } from '../../schemas/fold/live-rows.ts'
import { dimensions } from '../../schemas/metrics/dimensions.ts'
import {
  type Basis,
  kindOf,
  type Metric,
  type Unit,
  unitOf,
  views,
} from '../../schemas/metrics/metric.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import { sqlStringSet } from '../../schemas/store/sql-text.ts'
import { byCodePoint } from '../figures/answer.ts'
import type { FigureDeps } from '../figures/ask.ts'
import { type Cell, cellValue } from '../figures/cell.ts'
import { compileFigure } from '../figures/compile.ts'
import { checkQuestion, type FigureQuestion } from '../figures/question.ts'
import { type Slice, sliceFor } from '../figures/slices.ts'
import type { StatementRow } from '../figures/statement.ts'
import { readUndisturbed } from '../figures/undisturbed.ts'

/** Matters of one page. */
export const MOST_CASES = 1_000

/** `after` is the last matter of the page before; '' for the first page. */
export type CasesQuestion = Omit<FigureQuestion, 'by' | 'compare'> & {
  readonly after: string
  readonly limit: number
  /** With the known events of each matter. */
  readonly events: boolean
}

/** Texts, numbers and stamps (RFC 3339 in the deployment's zone) of a matter; null is not known. */
type Told = Readonly<Record<string, string | number | boolean | null>>

/**
 * One matter behind a figure: what it adds to it (the cells of all matters add up to it, a rate's in
 * both parts), its state, its petitions, and its events where they are asked for. Nothing of who
 * brought it.
 */
export type Case = {
  readonly matterId: string
  readonly value?: number | null
  readonly numerator?: number
  readonly denominator?: number
  /** Why it is a candidate for a campaign. */
  readonly reason?: string
  readonly state: Told
  readonly petitions: readonly Told[]
  readonly events?: readonly Told[]
}

export type CasesAnswer = {
  readonly metric: string
  readonly unit: Unit
  readonly basis: Basis
  readonly from: string
  readonly to: string
  readonly asOf: string
  readonly receivedBy: string
  readonly cases: readonly Case[]
  /** To be given as `after` for the next page; null: this was the last. */
  readonly next: string | null
}

const stamped = (columns: readonly string[]): string =>
  columns
    .map((column) => `toUnixTimestamp64Milli(${column}) AS ${column.replace(/^.*\./, '')}_ms`)
    .join(', ')

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const stateStamps = [
  'registered_at',
  'forwarded_at',
  'accepted_at',
  'notified_at',
  'due_at',
  'closed_at',
  'first_closed_at',
  'declined_at',
  'withdrawn_at',
  'terminated_at',
  'settled_at',
]
const stateTexts = [
  'region',
  'category',
  'channel',
  'purpose',
  'org',
  'route',
  'outcome',
  'merged_into',
  'unit_rating',
  'office_rating',
]
const stateFlags = ['in_scope', 'supervised', 'cross_boundary', 'settled']
const petitionTexts = [
  'petition_id',
  'origin_matter',
  'channel',
  'region',
  'category',
  'org',
  'purpose',
]
const petitionFlags = ['counted', 'repeat', 'supplement', 'voided', 'leader_reception']
const eventTexts = ['source', 'id', 'org', 'kind', 'detail']

type Raw = Readonly<Record<string, string | number | boolean | null>>

/** Names as in JSON; `…_ms` as a stamp; what is not known is left out. */
const told = (row: Raw, format: (instant: number) => string): Told =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]): [string, string | number | boolean][] => {
      if (value === null || value === '' || name === 'matter_id') return []
      if (!name.endsWith('_ms')) return [[camel(name), value]]
      return [[camel(name.slice(0, -3)), format(Number(value))]]
    }),
  )

const grouped = (rows: readonly Raw[]): ReadonlyMap<string, readonly Raw[]> => {
  const found = new Map<string, Raw[]>()
  for (const row of rows) {
    const id = String(row['matter_id'])
    const known = found.get(id)
    if (known === undefined) found.set(id, [row])
    else known.push(row)
  }
  return found
}

const matterDimension = {
  name: 'matter',
  dimension: { names: { zh: '', en: '' }, sql: 'matter_id' },
}

/** A candidate's reason is said with it. */
const alsoSaid = ({ view }: Metric) => {
  const { reason } = dimensions[view]
  return view === 'candidates' && reason !== undefined
    ? [{ name: 'reason', dimension: reason }]
    : []
}

type Contributed = { readonly matterId: string; readonly cell: Cell; readonly reason?: string }

/** What each matter adds to the figure, in the order of their ids. */
const contributions = async (
  deps: FigureDeps,
  question: CasesQuestion,
  slice: Slice,
  relation: string,
): Promise<readonly Contributed[]> => {
  const asked = checkQuestion(question)
  const found = new Map<string, Contributed>()
  for (const { sql, read } of compileFigure({
    ...asked,
    layer: [slice],
    relation,
    dimensions: [matterDimension, ...alsoSaid(asked.metric)],
    settings: deps.settings,
    maxRows: question.limit,
    page: { after: question.after, size: question.limit },
  }))
    for (const { keys, cell } of read(await deps.store.query<StatementRow>(sql))) {
      const [matterId = '', reason] = keys
      const known = found.get(matterId)?.cell
      found.set(matterId, {
        matterId,
        cell: {
          numerator: cell.numerator + (known?.numerator ?? 0),
          denominator: cell.denominator + (known?.denominator ?? 0),
          excluded: cell.excluded + (known?.excluded ?? 0),
        },
        ...(reason === undefined ? {} : { reason }),
      })
    }
  return [...found.values()]
    .sort((a, b) => byCodePoint(a.matterId, b.matterId))
    .slice(0, question.limit + 1)
}

const amounts = (metric: Metric, cell: Cell): Pick<Case, 'value' | 'numerator' | 'denominator'> =>
  kindOf(metric) === 'rate'
    ? { numerator: cell.numerator, denominator: cell.denominator }
    : { value: cellValue(cell) }

const eventsOf = (ids: readonly string[], cut: Cut): string =>
  `SELECT subject AS matter_id, type_rank, ${eventTexts.map((name) => `toString(${name}) AS ${name}`).join(', ')},
    ${stamped(['time', 'recorded_at', 'received_at'])}
  FROM (${storedEvents({ where: `subject IN ${sqlStringSet(ids)}`, few: true }, cut, [...new Set(['subject', 'type_rank', ...eventTexts, 'time', 'recorded_at', 'received_at'])])})
  WHERE k ORDER BY time, type_rank, id, source`

/**
 * The matters behind a figure, a page of them. Errors as of `askFigure`.
 */
export const askCases = async (deps: FigureDeps, question: CasesQuestion): Promise<CasesAnswer> => {
  const { metric, range } = checkQuestion(question)
  if (!Number.isInteger(question.limit) || question.limit < 1 || question.limit > MOST_CASES)
    throw new PulseError('USAGE', `--limit is a whole number from 1 to ${MOST_CASES}.`)
  const zone = zoneOf(deps.settings.timezone)
  const asOf = question.asOf ?? deps.now()
  const slice = sliceFor(metric.basis, {
    from: zone.startOf(range.from),
    to: zone.startOf(range.to),
    asOf,
  })
  const { receivedBy, found } = await readUndisturbed(
    deps,
    question.receivedBy,
    async (by, moving) => {
      if (slice === undefined || slice.from >= slice.to) return { cases: [], next: null }
      const cut = { asOf, receivedBy: by }
      const relations = await deps.relationsAt(cut, moving)
      try {
        const page = await contributions(
          deps,
          question,
          slice,
          relations[views[metric.view].relation],
        )
        const shown = page.slice(0, question.limit)
        const ids = shown.map(({ matterId }) => matterId)
        const among = `matter_id IN ${sqlStringSet(ids)}`
        const query = (sql: string) =>
          ids.length === 0 ? Promise.resolve([]) : deps.store.query<Raw>(sql)
        const states = grouped(
          await query(
            `SELECT matter_id, ${[...stateTexts.map((name) => `toString(${name}) AS ${name}`), ...stateFlags].join(', ')}, received_level, competent_level, lead_level, ${stamped(stateStamps)} FROM ${relations.matters} WHERE present AND ${among}`,
          ),
        )
        const petitions = grouped(
          await query(
            `SELECT matter_id, ${[...petitionTexts.map((name) => `toString(${name}) AS ${name}`), ...petitionFlags].join(', ')}, people, received_level, ${stamped(['time'])} FROM ${relations.petitions} WHERE present AND ${among} ORDER BY time, petition_id, origin_matter`,
          ),
        )
        const events = question.events ? grouped(await query(eventsOf(ids, cut))) : undefined
        if (!moving && !(await relations.held())) return undefined
        const tell = (rows: readonly Raw[] | undefined): readonly Told[] =>
          (rows ?? []).map((row) => told(row, zone.format))
        return {
          cases: shown.map(
            ({ matterId, cell, reason }): Case => ({
              matterId,
              ...amounts(metric, cell),
              ...(reason === undefined ? {} : { reason }),
              state: tell(states.get(matterId))[0] ?? {},
              petitions: tell(petitions.get(matterId)),
              ...(events === undefined
                ? {}
                : {
                    events: (events.get(matterId) ?? []).map((row) => {
                      const { type_rank: place, ...rest } = row
                      return {
                        type: eventTypes[Number(place) - 1] ?? '',
                        ...told(rest, zone.format),
                      }
                    }),
                  }),
            }),
          ),
          next: page.length > question.limit ? (ids.at(-1) ?? null) : null,
        }
      } catch (error) {
        if (!moving && foldedMeanwhile(error)) return undefined
        throw error
      }
    },
  )
  return {
    metric: metric.id,
    unit: unitOf(metric),
    basis: metric.basis,
    from: question.from,
    to: question.to,
    asOf: zone.format(asOf),
    receivedBy: zone.format(receivedBy),
    ...found,
  }
}
