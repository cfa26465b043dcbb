import type { MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'
import type { Span } from './calendar-periods.ts'
import { handlingMs, type Subject } from './figure-dimensions.ts'
import type { Folded } from './fold.ts'

/** What one petition or matter brings to a figure. */
export type Entry = {
  subject: Subject
  /** What it adds to a count; 1 for what is counted by the piece. */
  amount: number
  /** For a rate: whether it is in the numerator as well. */
  hit: boolean
  /** For days: milliseconds; null where it is left out and counted as excluded. */
  ms: number | null
}

export type Metric = {
  unit: string
  basis: 'E' | 'R' | 'D' | 'S'
  kind: 'count' | 'rate' | 'days'
  /** For days: the share below the quantile. */
  quantile?: number
  entries: (folded: Folded, period: Span, asOf: number) => Entry[]
}

const within = (at: number | null, { from, to }: Span): at is number =>
  at !== null && from <= at && at < to

const petitionEntries = (
  rows: readonly PetitionRow[],
  period: Span,
  say: (row: PetitionRow) => { amount?: number; hit?: boolean },
): Entry[] =>
  rows
    .filter((row) => row.counted && within(row.time, period))
    .map((row) => {
      const { amount = 1, hit = false } = say(row)
      return { subject: { kind: 'petition', row }, amount, hit, ms: null }
    })

const matterEntries = (
  rows: readonly MatterRow[],
  say: (row: MatterRow) => { hit?: boolean; ms?: number | null } = () => ({}),
): Entry[] =>
  rows.map((row) => {
    const { hit = false, ms = null } = say(row)
    return { subject: { kind: 'matter', row }, amount: 1, hit, ms }
  })

const petitionCount = (
  unit: string,
  which: (row: PetitionRow) => boolean,
  amount: (row: PetitionRow) => number = () => 1,
): Metric => ({
  unit,
  basis: 'E',
  kind: 'count',
  entries: ({ petitions }, period) =>
    petitionEntries(petitions.filter(which), period, (row) => ({ amount: amount(row) })),
})

const isVisit = ({ channel }: PetitionRow) => channel === 'visit'

/** In scope, and not void: what all but the petition and matter counts are about. */
const handled = ({ matters }: Folded): MatterRow[] =>
  matters.filter((row) => row.present && row.inScope && !row.voided)

const matterCount = (time: (row: MatterRow) => number | null): Metric => ({
  unit: '件',
  basis: 'E',
  kind: 'count',
  entries: (folded, period) =>
    matterEntries(handled(folded).filter((row) => within(time(row), period))),
})

/** On time over all that have a due time, without those first closed by redirection. */
const onTime = (basis: 'D' | 'E', time: (row: MatterRow) => number | null): Metric => ({
  unit: '件',
  basis,
  kind: 'rate',
  entries: (folded, period, asOf) =>
    matterEntries(
      handled(folded).filter((row) => {
        const at = time(row)
        return (
          row.dueAt !== null &&
          within(at, period) &&
          (basis === 'E' || at <= asOf) &&
          row.firstOutcome !== 'redirected'
        )
      }),
      ({ firstClosedAt, dueAt }) => ({
        hit: firstClosedAt !== null && dueAt !== null && firstClosedAt <= dueAt,
      }),
    ),
})

const daysToClose = (quantile: number): Metric => ({
  unit: 'days',
  basis: 'E',
  kind: 'days',
  quantile,
  entries: (folded, period) =>
    matterEntries(
      handled(folded).filter((row) => within(row.closedAt, period)),
      (row) => ({ ms: handlingMs(row) }),
    ),
})

/** Open just before the end of the period, by the spells; merged away since or not. */
const stock = (which: (due: number | null, now: number) => boolean): Metric => ({
  unit: '件',
  basis: 'S',
  kind: 'count',
  entries: ({ matters }, { to }, asOf) =>
    matterEntries(
      matters.filter((row) => {
        const spell = row.openSpells.find(({ opened, ended }) => opened < to && to <= ended)
        return !row.voided && spell !== undefined && which(spell.due, Math.min(to, asOf))
      }),
    ),
})

/** The figures of contract §4 that the first release has. */
export const referenceMetrics = {
  petitions: petitionCount('件次', () => true),
  visits: petitionCount('批次', isVisit),
  people: petitionCount('人次', isVisit, ({ people }) => people),
  repeat_petitions: petitionCount('件次', ({ repeat }) => repeat),
  repeat_share: {
    unit: '件次',
    basis: 'E',
    kind: 'rate',
    entries: ({ petitions }, period) =>
      petitionEntries(petitions, period, ({ repeat }) => ({ hit: repeat })),
  },
  matters: {
    unit: '件',
    basis: 'E',
    kind: 'count',
    entries: ({ matters }, period) =>
      matterEntries(
        matters.filter((row) => row.mergedInto === '' && within(row.registeredAt, period)),
      ),
  },
  accepted: matterCount(({ acceptedAt }) => acceptedAt),
  closures: matterCount(({ closedAt }) => closedAt),
  closure_rate: {
    unit: '件',
    basis: 'R',
    kind: 'rate',
    entries: (folded, period) =>
      matterEntries(
        handled(folded).filter((row) => within(row.acceptedAt, period)),
        ({ closedAt }) => ({ hit: closedAt !== null }),
      ),
  },
  on_time_closure_rate: onTime('D', ({ dueAt }) => dueAt),
  closed_on_time_share: onTime('E', ({ closedAt }) => closedAt),
  median_days_to_close: daysToClose(0.5),
  p90_days_to_close: daysToClose(0.9),
  open_matters: stock(() => true),
  overdue_matters: stock((due, now) => due !== null && due < now),
} as const satisfies Record<string, Metric>

export type MetricId = keyof typeof referenceMetrics
