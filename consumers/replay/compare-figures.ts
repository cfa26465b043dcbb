import {
  type Metric,
  type Part,
  placeholders,
  type Unit,
  type View,
  views,
} from '../../schemas/metrics/metric.ts'
import { partSql } from '../../schemas/metrics/part-sql.ts'
import { metrics } from '../../schemas/metrics/registry.ts'
import type { Store } from '../../schemas/store/port.ts'
import { type ExchangedTable, next } from '../projector/beside.ts'

/** A figure over all time, as both sets of tables have it; a rate is its fraction, null of nothing. */
export type FigureDifference = {
  readonly figure: string
  readonly live: number | null
  readonly new: number | null
}

type Counted = { readonly id: string; readonly numerator: string; readonly denominator?: string }

/** A part over all time: of the rows of the population that have its date. */
const everSql = ({ population, at = 'true' }: Metric, part: Part<Unit>): string =>
  partSql({
    ...part,
    where: `(${population}) AND (${part.at ?? at}) IS NOT NULL AND (${part.where ?? 'true'})`,
  })

/** Figures that are counts or rates; those that rest on settings of whoever asks are left out. */
const countedOf = (metric: Metric): Counted | undefined => {
  const { id, measure } = metric
  const counted =
    measure.kind === 'count'
      ? { id, numerator: everSql(metric, measure.value) }
      : measure.kind === 'rate'
        ? {
            id,
            numerator: everSql(metric, measure.numerator),
            denominator: everSql(metric, measure.denominator),
          }
        : undefined
  const text = JSON.stringify(counted ?? '')
  return placeholders.some((known) => known !== '{asOf}' && text.includes(known))
    ? undefined
    : counted
}

const viewsOf = Object.keys(views) as readonly View[]

const figuresIn = async (
  store: Store,
  nameOf: (table: ExchangedTable) => string,
  asOf: number,
): Promise<ReadonlyMap<string, number | null>> => {
  const found = new Map<string, number | null>()
  for (const view of viewsOf) {
    const { relation, join = '' } = views[view]
    const asked = metrics
      .filter((metric) => metric.view === view)
      .flatMap((metric) => countedOf(metric) ?? [])
    const [row] = await store.query<Record<string, number>>(
      `SELECT ${asked.flatMap(({ numerator, denominator = '1' }, n) => [`${numerator} AS n${n}`, `${denominator} AS d${n}`]).join(', ')} FROM ${nameOf(relation)} FINAL ${join}`.replaceAll(
        '{asOf}',
        String(asOf),
      ),
    )
    for (const [n, { id }] of asked.entries()) {
      const denominator = Number(row?.[`d${n}`] ?? 0)
      found.set(id, denominator === 0 ? null : Number(row?.[`n${n}`] ?? 0) / denominator)
    }
  }
  return found
}

/** The figures of all time that differ between the live tables and those beside them. `asOf`: epoch ms. */
export const compareFigures = async (
  store: Store,
  asOf: number,
): Promise<readonly FigureDifference[]> => {
  const before = await figuresIn(store, (table) => table, asOf)
  const after = await figuresIn(store, next, asOf)
  return [...before]
    .map(([figure, value]) => ({ figure, live: value, new: after.get(figure) ?? null }))
    .filter((one) => one.live !== one.new)
}
