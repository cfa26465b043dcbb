import { kindOf, unitOf } from '../../schemas/metrics/metric.ts'
import {
  type Comparison,
  type Earlierness,
  earlierPeriod,
  yearToDate,
} from '../../schemas/periods/earlier.ts'
import { type DayRange, periodsIn } from '../../schemas/periods/grains.ts'
import { type Zone, zoneOf } from '../../schemas/periods/zone.ts'
import type { Store } from '../../schemas/store/port.ts'
import { answerRow, type Compared, compareRows, type FigureAnswer } from './answer.ts'
import { type Cell, type Cells, cellKey, emptyCell } from './cell.ts'
import { changeBetween, shareOf, yearToDateOf } from './change.ts'
import { evaluateSlices, type RelationsAt, refuseRows } from './evaluate.ts'
import { type Asked, checkQuestion, type FigureQuestion, type FigureSettings } from './question.ts'
import { cutLikeElapsed, type Slice, sliceFor, sliceKey } from './slices.ts'
import { readUndisturbed } from './undisturbed.ts'

/** Most rows of one answer. */
export const MAX_ROWS = 100_000

export type FigureDeps = {
  readonly store: Pick<Store, 'query'>
  readonly relationsAt: RelationsAt
  /** The moment up to which everything received is stored (epoch ms). */
  readonly watermark: () => number | Promise<number>
  /** Epoch ms; default of asOf. */
  readonly now: () => number
  readonly settings: FigureSettings
}

/**
 * A comparison of a period: with another slice, of `current` where that is not the period's own. An
 * undefined slice: nothing is known then (a stock after asOf).
 */
type AskedComparison = {
  readonly comparison: Comparison
  readonly current?: Slice | undefined
  readonly earlier?: Slice | undefined
}

/** A row's period with the slices it needs; undefined: nothing is known then (a stock after asOf). */
type AskedPeriod = {
  readonly label: string | undefined
  readonly now: Slice | undefined
  readonly compared: readonly AskedComparison[]
}

const slicesOf = (
  { metric, range, grain, compare }: Asked,
  { monthStart }: FigureSettings,
  zone: Zone,
  asOf: number,
): readonly AskedPeriod[] => {
  const sliceOf = ({ from, to }: DayRange, seenAt: number): Slice => ({
    from: zone.startOf(from),
    to: zone.startOf(to),
    asOf: seenAt,
  })
  const clock = zone.wallAt(asOf)
  const earlierSlice = (comparison: Earlierness, period: DayRange): Slice | undefined => {
    const before = earlierPeriod(comparison, period, monthStart, grain)
    const sameAge = zone.instantAt({ ...clock, day: before.dayThen(clock.day) })
    if (metric.basis === 'E')
      return cutLikeElapsed(comparison, sliceOf(period, asOf), sliceOf(before, asOf), sameAge)
    return sliceFor(metric.basis, sliceOf(before, sameAge))
  }
  const comparedBy = (comparison: Comparison, period: DayRange): AskedComparison => {
    if (comparison === 'share') return { comparison }
    if (comparison !== 'ytd') return { comparison, earlier: earlierSlice(comparison, period) }
    const year = yearToDate(period, monthStart)
    return {
      comparison,
      current: sliceFor(metric.basis, sliceOf(year, asOf)),
      earlier: earlierSlice('yoy', year),
    }
  }
  const periods =
    grain === undefined ? [{ ...range, label: undefined }] : periodsIn(range, grain, monthStart)
  return periods.map((period) => ({
    label: period.label,
    now: sliceFor(metric.basis, sliceOf(period, asOf)),
    compared: compare.map((comparison) => comparedBy(comparison, period)),
  }))
}

const noCells: Cells = new Map()

/**
 * Answers a question (contract §4, §5). USAGE, NOT_FOUND where it cannot be understood,
 * LIMIT_EXCEEDED where the answer would have more than MAX_ROWS rows; errors of the store pass.
 */
export const askFigure = async (
  deps: FigureDeps,
  question: FigureQuestion,
): Promise<FigureAnswer> => {
  const asked = checkQuestion(question)
  const { metric, keys } = asked
  const zone = zoneOf(deps.settings.timezone)
  const asOf = question.asOf ?? deps.now()

  const periods = slicesOf(asked, deps.settings, zone, asOf)
  if (periods.length > MAX_ROWS) throw refuseRows(MAX_ROWS)
  const needed = periods
    .flatMap(({ now, compared }) => [
      now,
      ...compared.flatMap(({ current, earlier }) => [current, earlier]),
    ])
    .filter((slice) => slice !== undefined)
  const totals: Asked = { ...asked, keys: keys.filter(({ grain }) => grain !== undefined) }
  const { receivedBy, found } = await readUndisturbed(
    deps,
    question.receivedBy,
    async (by, moving) => {
      const read = (what: Asked, slices: readonly Slice[]) =>
        evaluateSlices({ ...deps, maxRows: MAX_ROWS }, what, slices, by, moving)
      const cellsOf = await read(asked, needed)
      // a share is of what the figure is without its dimensions
      const totalsOf = await read(totals, asked.compare.includes('share') ? needed : [])
      return cellsOf === undefined || totalsOf === undefined ? undefined : { cellsOf, totalsOf }
    },
  )
  const { cellsOf, totalsOf } = found

  const byDimension = keys.some(({ dimension }) => dimension !== undefined)
  const empty = emptyCell(metric.measure)
  const isRate = kindOf(metric) === 'rate'
  /** The cell of a slice; one of which nothing is known is undefined. */
  const cellIn = (
    found: ReadonlyMap<string, Cells>,
    slice: Slice | undefined,
    values: readonly string[],
  ): Cell | undefined =>
    slice === undefined
      ? undefined
      : (found.get(sliceKey(slice))?.get(cellKey(values))?.cell ?? empty)
  const rows = periods.flatMap(({ label, now, compared }) => {
    const cells = now === undefined ? noCells : (cellsOf.get(sliceKey(now)) ?? noCells)
    const shown =
      byDimension || cells.size > 0
        ? [...cells.values()]
        : [{ keys: [], cell: now === undefined ? undefined : empty }]
    return shown.map(({ keys: values, cell }) => {
      const changes = compared.map(
        ({ comparison, current, earlier }): readonly [Comparison, Compared] => {
          if (comparison === 'share') return [comparison, shareOf(cell, cellIn(totalsOf, now, []))]
          const before = cellIn(cellsOf, earlier, values)
          if (comparison === 'ytd')
            return [comparison, yearToDateOf(cellIn(cellsOf, current, values), before, isRate)]
          return [comparison, changeBetween(cell, before, isRate)]
        },
      )
      const rest = [...values]
      const named = keys.map(({ name, grain }): readonly [string, string] => [
        name,
        (grain === undefined ? rest.shift() : label) ?? '',
      ])
      return answerRow(metric, named, cell, changes)
    })
  })
  if (rows.length > MAX_ROWS) throw refuseRows(MAX_ROWS)
  return {
    metric: metric.id,
    unit: unitOf(metric),
    basis: metric.basis,
    from: question.from,
    to: question.to,
    asOf: zone.format(asOf),
    receivedBy: zone.format(receivedBy),
    rows: rows.sort(compareRows(keys.map(({ name }) => name))),
  }
}
