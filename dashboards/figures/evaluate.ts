import { PulseError } from '../../schemas/errors.ts'
import { foldedMeanwhile } from '../../schemas/fold/live-rows.ts'
import { views } from '../../schemas/metrics/metric.ts'
import type { Store } from '../../schemas/store/port.ts'
import { type Cell, type Cells, cellKey } from './cell.ts'
import { compileFigure } from './compile.ts'
import type { Asked, FigureSettings } from './question.ts'
import { layersOf, type Slice, sliceKey } from './slices.ts'
import type { Contribution, StatementRow } from './statement.ts'

/** What was known: by the offices (asOf) and by this system (receivedBy), in epoch ms. */
export type KnownCut = { readonly asOf: number; readonly receivedBy: number }

/**
 * Relations of matters and petitions as known at a cut: texts to stand after FROM. `held`, asked after
 * reading: false where rows were folded meanwhile that may have been read too; or the reading fails for
 * it (`foldedMeanwhile`). `moving`: relations that
 * hold whatever is folded meanwhile; they cost more.
 */
export type RelationsAt = (
  cut: KnownCut,
  moving: boolean,
) => Promise<{
  readonly matters: string
  readonly petitions: string
  readonly held: () => Promise<boolean>
}>

export type EvaluateDeps = {
  readonly store: Pick<Store, 'query'>
  readonly relationsAt: RelationsAt
  readonly settings: FigureSettings
  readonly maxRows: number
}

/** Refuses an answer nobody can read; the asker narrows it. */
export const refuseRows = (maxRows: number): PulseError =>
  new PulseError(
    'LIMIT_EXCEEDED',
    `The figure has more than ${maxRows} rows. Ask for a shorter period, a coarser time key, fewer keys in --by, region@2 for region, or a --where.`,
  )

const addCells = (a: Cell, b: Cell): Cell => ({
  numerator: a.numerator + b.numerator,
  denominator: a.denominator + b.denominator,
  excluded: a.excluded + b.excluded,
})

/** What the statements of one cut yield, each with the slice it belongs to. */
const readCut = async (
  deps: EvaluateDeps,
  asked: Asked,
  slices: readonly Slice[],
  relation: string,
): Promise<readonly (readonly [Slice, Contribution])[]> => {
  const yielded: (readonly [Slice, Contribution])[] = []
  for (const layer of layersOf(slices)) {
    const statements = compileFigure({
      metric: asked.metric,
      layer,
      relation,
      dimensions: asked.keys.flatMap(({ name, dimension }) =>
        dimension === undefined ? [] : [{ name, dimension }],
      ),
      conditions: asked.conditions,
      where: asked.where,
      settings: deps.settings,
      maxRows: deps.maxRows,
    })
    for (const { sql, read } of statements) {
      const rows = await deps.store.query<StatementRow>(sql)
      if (rows.length > deps.maxRows) throw refuseRows(deps.maxRows)
      for (const contribution of read(rows)) {
        const of = layer[contribution.slice]
        if (of !== undefined) yielded.push([of, contribution])
      }
    }
  }
  return yielded
}

/**
 * The cells of every slice asked for, by `sliceKey`. Equal slices are read once, one cut after another.
 * Undefined where rows were folded meanwhile that may have been read too; never where `moving`.
 */
export const evaluateSlices = async (
  deps: EvaluateDeps,
  asked: Asked,
  slices: readonly Slice[],
  receivedBy: number,
  moving: boolean,
): Promise<ReadonlyMap<string, Cells> | undefined> => {
  const distinct = new Map(slices.map((slice) => [sliceKey(slice), slice]))
  const found = new Map<string, Map<string, { keys: readonly string[]; cell: Cell }>>()
  const all = [...distinct.values()]
  for (const asOf of new Set(all.map((slice) => slice.asOf))) {
    const seen = all.filter((slice) => slice.asOf === asOf)
    const relations = await deps.relationsAt({ asOf, receivedBy }, moving)
    const relation = relations[views[asked.metric.view].relation]
    const yielded = await readCut(deps, asked, seen, relation).catch((error: unknown) => {
      if (!moving && foldedMeanwhile(error)) return undefined
      throw error
    })
    if (yielded === undefined || (!moving && !(await relations.held()))) return undefined
    for (const [of, { keys, cell }] of yielded) {
      const cells = found.get(sliceKey(of)) ?? new Map()
      const known = cells.get(cellKey(keys))
      cells.set(cellKey(keys), {
        keys,
        cell: known === undefined ? cell : addCells(known.cell, cell),
      })
      found.set(sliceKey(of), cells)
    }
  }
  return found
}
