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

/** Makes empty tables beside the live ones; what was left there is dropped. */
export const createBeside = async (store: Store, tables: readonly string[]): Promise<void> => {
  await dropBeside(store, tables)
  for (const table of tables)
    for (const statement of copyStatements(table, next(table), store.cluster))
      await store.command(statement)
}

export const dropBeside = async (store: Store, tables: readonly string[]): Promise<void> => {
  for (const table of tables)
    for (const statement of dropTableStatements(next(table), store.cluster))
      await store.command(statement)
}

const views = [
  ['folded_to_matters', 'matters'],
  ['folded_to_petitions', 'petitions'],
] as const

const foldedTables = ['folded', 'matters', 'petitions']

export const dropNextFold = async (store: Store): Promise<void> => {
  for (const [view] of views)
    await store.command(`DROP VIEW IF EXISTS ${next(view)}${onCluster(store.cluster)} SYNC`)
  await dropBeside(store, foldedTables)
}

/** The tables and views of the fold a second time, empty, beside the live ones. */
export const createNextFold = async (store: Store): Promise<void> => {
  await dropNextFold(store)
  await createBeside(store, foldedTables)
  for (const [view, target] of views) {
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
  for (const table of ['matters', 'petitions'])
    await store.command(exchangeStatement(table, next(table), store.cluster))
}
