import { PulseError } from '../errors.ts'
import { placementOf } from '../store/cluster.ts'
import type { Store } from '../store/port.ts'
import { sqlString } from '../store/sql-text.ts'

/**
 * The folded tables as they stand: SELECTs of rows that meet a condition, one row an identity. Where
 * they are `sealed`, a statement fails (`foldedMeanwhile`) that would read a row that meets `beyond` too.
 */
export type LiveRows = {
  readonly matters: (where?: string, beyond?: string) => string
  readonly petitions: (where?: string, beyond?: string) => string
  readonly sealed: boolean
}

/** Whether a statement failed for a row that was folded after its question was asked. */
export const foldedMeanwhile = (error: unknown): boolean =>
  error instanceof PulseError && error.details['type'] === 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'

type Table = 'matters' | 'petitions'

/** Columns no figure reads: stamps of knowledge and the version. */
export const stamps = 'known_from, known_until, received_from, received_until, version'

/** Rows of the smaller parts, against those of the large one, up to which telling them apart pays. */
const MOST_ASIDE = 0.15

/** With a large part of fewer rows FINAL over the whole table costs next to nothing. */
const LEAST_ROWS = 50_000

type LargePart = { readonly table: Table; readonly name: string }

/**
 * The part of each table that holds nearly all of its rows, each identity once (level > 0: the engine
 * merged it).
 */
const largeParts = (
  store: Pick<Store, 'query'>,
  leastRows: number,
): Promise<readonly LargePart[]> =>
  store.query<LargePart>(
    `SELECT table, argMax(name, rows) AS name FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('matters', 'petitions')
     GROUP BY table
     HAVING count() > 1 AND max(rows) >= ${leastRows} AND argMax(level, rows) > 0
       AND sum(rows) - max(rows) <= max(rows) * ${MOST_ASIDE}`,
  )

const whereAll = (conditions: readonly (string | undefined)[]): string => {
  const all = conditions.filter((condition) => condition !== undefined)
  return all.length === 0 ? '' : ` WHERE ${all.map((condition) => `(${condition})`).join(' AND ')}`
}

const collapsed = (table: string, ...conditions: readonly (string | undefined)[]): string =>
  `SELECT * EXCEPT (${stamps}) FROM ${table} FINAL${whereAll(conditions)}`

const sealedBy = (where: string | undefined, beyond: string | undefined): string | undefined =>
  beyond === undefined
    ? undefined
    : `throwIf((${beyond}) AND (${where ?? 'true'}), 'folded meanwhile') = 0`

/**
 * The rows of the large part, less those replaced since, and the rows of all other parts. FINAL
 * looks at every row of the table as soon as one row was folded anew; this looks at 16 bytes of each.
 *
 * Right whatever becomes of the parts meanwhile: the engine reads a table in one state throughout a
 * statement (`enable_shared_storage_snapshot_in_query`), and where the part is gone by then, all rows
 * are in the others. It needs that of two rows of an identity the one written later saw as much or
 * more; `createFoldBound` sees to it.
 */
const apart = (table: Table, part: string, where?: string, beyond?: string): string => {
  const large = `_part = ${sqlString(part)}`
  const replaced = `SELECT key_print FROM ${table} WHERE NOT (${large})`
  return [
    `SELECT * EXCEPT (${stamps}) FROM ${table} PREWHERE key_print NOT IN (${replaced})${whereAll([large, where])}`,
    // what is folded from now on comes as new parts: the large one need not be looked at for it
    collapsed(table, `NOT (${large})`, where, sealedBy(where, beyond)),
  ].join(' UNION ALL ')
}

/**
 * How to read the folded tables. On a server, whose consumers may fold one matter at the same time
 * and write in any order, with FINAL. `leastRows`: of the large part, from which it is read apart.
 */
export const liveRows = async (
  store: Pick<Store, 'query' | 'kind' | 'cluster'>,
  leastRows = LEAST_ROWS,
): Promise<LiveRows> => {
  const alone = store.kind === 'embedded' && store.cluster === undefined
  const parts = alone ? await largeParts(store, leastRows) : []
  const { local } = placementOf(store)
  const rowsOf =
    (table: Table) =>
    (where?: string, beyond?: string): string => {
      const large = parts.find((part) => part.table === table)
      return large === undefined
        ? collapsed(local(table), where)
        : apart(table, large.name, where, beyond)
    }
  return {
    matters: rowsOf('matters'),
    petitions: rowsOf('petitions'),
    sealed: parts.length === 2,
  }
}
