import { onCluster } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import {
  copyStatements,
  dropTableStatements,
  exchangeStatement,
} from '../../schemas/tables/cluster-ddl.ts'

/** Name of the table beside a live one that is to take its place. */
export const next = (table: string): string => `${table}_next`

/** The folded tables that figures are read from: they change places with those beside them. */
export const exchangedTables = ['matters', 'petitions'] as const
export type ExchangedTable = (typeof exchangedTables)[number]

/** Name of the view that fills one of them from `folded`. */
const viewTo = (table: ExchangedTable): string => `folded_to_${table}`

const foldedTables = ['folded', ...exchangedTables]

/** Tables of facts that may stand beside the live ones, and of what form each is. */
const factTables = {
  case_events: 'case_events',
  /** What the log holds, to be compared with what is stored. */
  case_events_read: 'case_events',
  merge_edges: 'merge_edges',
  log_positions: 'log_positions',
  dead_letters: 'dead_letters',
} as const

const drop = async (store: Store, tables: readonly string[]): Promise<void> => {
  for (const table of tables)
    for (const statement of dropTableStatements(next(table), store.cluster))
      await store.command(statement)
}

const create = async (store: Store, table: string, like = table): Promise<void> => {
  for (const statement of copyStatements(like, next(table), store.cluster))
    await store.command(statement)
}

/** Everything that stands beside the live tables, or was left there. */
export const dropBeside = async (store: Store): Promise<void> => {
  for (const table of exchangedTables)
    await store.command(
      `DROP VIEW IF EXISTS ${next(viewTo(table))}${onCluster(store.cluster)} SYNC`,
    )
  await drop(store, [...foldedTables, ...Object.keys(factTables)])
}

/** Empty tables of facts beside the live ones. */
export const createNextFacts = async (store: Store): Promise<void> => {
  for (const [table, like] of Object.entries(factTables)) await create(store, table, like)
}

/** The tables and views of the fold a second time, empty, beside the live ones. */
export const createNextFold = async (store: Store): Promise<void> => {
  for (const table of foldedTables) await create(store, table)
  for (const target of exchangedTables) {
    const view = viewTo(target)
    const [row] = await store.query<{ q: string }>(
      `SELECT as_select AS q FROM system.tables WHERE database = currentDatabase() AND name = ${sqlString(view)}`,
    )
    const select = (row?.q ?? '').replace(/FROM (\w+\.)?folded\b/, `FROM ${next('folded')}`)
    await store.command(
      `CREATE MATERIALIZED VIEW ${next(view)}${onCluster(store.cluster)} TO ${next(target)} AS ${select}`,
    )
  }
}

/** The folded tables change places with those beside them, each atomically. */
export const exchangeFold = async (store: Store): Promise<void> => {
  for (const table of exchangedTables)
    await store.command(exchangeStatement(table, next(table), store.cluster))
}
