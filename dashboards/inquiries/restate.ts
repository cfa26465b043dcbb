import type { Cut } from '../../schemas/fold/known-events.ts'
import { foldedMeanwhile } from '../../schemas/fold/live-rows.ts'
import {
  type Basis,
  kindOf,
  type Metric,
  type Unit,
  unitOf,
  views,
  type Words,
} from '../../schemas/metrics/metric.ts'
import { type Zone, zoneOf } from '../../schemas/periods/zone.ts'
import { byCodePoint } from '../figures/answer.ts'
import type { FigureDeps } from '../figures/ask.ts'
import { type Cell, cellValue, emptyCell } from '../figures/cell.ts'
import { nearestDouble } from '../figures/exact.ts'
import { checkQuestion, type FigureQuestion } from '../figures/question.ts'
import { type Slice, sliceFor } from '../figures/slices.ts'
import type { StatementRow } from '../figures/statement.ts'
import { readUndisturbed } from '../figures/undisturbed.ts'
import { type Cause, causes, causeWords } from './restate-causes.ts'
import { contributionsOf } from './restate-contributions.ts'
import { byCause } from './restate-events.ts'
import { addCell, changed, matterDimension, partsOf, statementsOf } from './restate-parts.ts'

/** What was known: by the offices and by this system, epoch ms; `receivedBy` undefined: all by the watermark. */
export type Moment = { readonly asOf: number; readonly receivedBy?: number | undefined }

export type RestateQuestion = Omit<FigureQuestion, 'by' | 'compare' | 'asOf' | 'receivedBy'> & {
  readonly before: Moment
  readonly after: Moment
}

/** A figure as it was known. */
export type Known = {
  readonly asOf: string
  readonly receivedBy: string
  readonly value: number | null
  readonly numerator?: number
  readonly denominator?: number
}

/** Matters whose part changed for one reason. */
export type CauseShare = {
  readonly cause: Cause
  readonly words: Words
  readonly matters: number
  /** Events of them that turned: known on one side only. */
  readonly events: number
  /** By how much their numerators and denominators changed; of a rate only. */
  readonly numerator?: number
  readonly denominator?: number
  /**
   * What of the difference is theirs; all of them add up to it. Null where a rate has no value on either
   * side. Of a quantile: by how much it moves when these change, after those of the causes before.
   */
  readonly contribution: number | null
  readonly matterIds: readonly string[]
}

export type RestateAnswer = {
  readonly metric: string
  readonly unit: Unit
  readonly basis: Basis
  readonly from: string
  readonly to: string
  readonly before: Known
  readonly after: Known
  /** After less before: in the unit, of rates in percentage points. */
  readonly difference: number | null
  readonly differenceUnit: Unit | 'pp'
  readonly causes: readonly CauseShare[]
}
const knownOf = (metric: Metric, cell: Cell | undefined, cut: Cut, zone: Zone): Known => ({
  asOf: zone.format(cut.asOf),
  receivedBy: zone.format(cut.receivedBy),
  value: cell === undefined ? null : cellValue(cell),
  ...(kindOf(metric) === 'rate' && cell !== undefined
    ? { numerator: cell.numerator, denominator: cell.denominator }
    : {}),
})

/** Now less then, exactly, rounded once. */
const differenceOf = (
  metric: Metric,
  then: Cell | undefined,
  now: Cell | undefined,
): number | null => {
  if (then === undefined || now === undefined) return null
  if (then.denominator === 0 || now.denominator === 0) return null
  const above =
    BigInt(now.numerator) * BigInt(then.denominator) -
    BigInt(then.numerator) * BigInt(now.denominator)
  const times = kindOf(metric) === 'rate' ? 100n : 1n
  return nearestDouble(above * times, BigInt(now.denominator) * BigInt(then.denominator))
}

/** Why a figure is another now than it was then. Errors as of `askFigure`. */
export const askRestate = async (
  deps: FigureDeps,
  question: RestateQuestion,
): Promise<RestateAnswer> => {
  const asked = checkQuestion(question)
  const { metric, range } = asked
  const zone = zoneOf(deps.settings.timezone)
  const sliceAt = (asOf: number): Slice | undefined =>
    sliceFor(metric.basis, { from: zone.startOf(range.from), to: zone.startOf(range.to), asOf })
  const latest =
    question.before.receivedBy === undefined || question.after.receivedBy === undefined
      ? undefined
      : Math.max(question.before.receivedBy, question.after.receivedBy)
  const { found } = await readUndisturbed(deps, latest, async (receivedBy, moving) => {
    const cutOf = ({ asOf, receivedBy: by = receivedBy }: Moment): Cut => ({ asOf, receivedBy: by })
    const cuts = { before: cutOf(question.before), after: cutOf(question.after) }
    const { relation } = views[metric.view]
    const relations = {
      before: await deps.relationsAt(cuts.before, moving),
      after: await deps.relationsAt(cuts.after, moving),
    }
    const compiled = (side: 'before' | 'after', dimensions: readonly (typeof matterDimension)[]) =>
      statementsOf(deps, asked, sliceAt(cuts[side].asOf), relations[side][relation], dimensions)
    try {
      const whole = async (side: 'before' | 'after'): Promise<Cell | undefined> => {
        if (sliceAt(cuts[side].asOf) === undefined) return undefined
        const cells = new Map<string, Cell>()
        for (const { sql, read } of compiled(side, []))
          for (const { cell } of read(await deps.store.query<StatementRow>(sql)))
            addCell(cells, '', cell)
        return cells.get('') ?? emptyCell(metric.measure)
      }
      const figures = { before: await whole('before'), after: await whole('after') }
      const parts = await partsOf(
        deps.store,
        compiled('before', [matterDimension]),
        compiled('after', [matterDimension]),
        metric.measure.kind === 'days' ? 'all' : 'differing',
      )
      const ids = [...new Set([...parts.before.keys(), ...parts.after.keys()])]
        .filter((id) => changed(id, parts))
        .sort(byCodePoint)
      const grouped = await byCause(deps.store, ids, cuts.before, cuts.after)
      const held = (await relations.before.held()) && (await relations.after.held())
      return moving || held ? { cuts, figures, parts, grouped } : undefined
    } catch (error) {
      if (!moving && foldedMeanwhile(error)) return undefined
      throw error
    }
  })
  const { cuts, figures, parts, grouped } = found
  const named = causes.filter((cause) => grouped.has(cause))
  const groups = named.map((cause) => grouped.get(cause)?.ids ?? [])
  const contributions = contributionsOf(metric, parts, groups, figures)
  return {
    metric: metric.id,
    unit: unitOf(metric),
    basis: metric.basis,
    from: question.from,
    to: question.to,
    before: knownOf(metric, figures.before, cuts.before, zone),
    after: knownOf(metric, figures.after, cuts.after, zone),
    difference: differenceOf(metric, figures.before, figures.after),
    differenceUnit: kindOf(metric) === 'rate' ? 'pp' : unitOf(metric),
    causes: named.map((cause, index) => ({
      cause,
      words: causeWords[cause],
      matters: groups[index]?.length ?? 0,
      events: grouped.get(cause)?.events ?? 0,
      ...(contributions[index] ?? { contribution: null }),
      matterIds: groups[index] ?? [],
    })),
  }
}
