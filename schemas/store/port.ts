import type { Cluster } from './cluster.ts'
import type { RowBytes } from './row-bytes.ts'

/**
 * What the rest of the system may ask of ClickHouse, embedded or a server. Declared here because
 * consumers and dashboards both need it; `embedded.ts` and `server.ts` implement it over the same
 * client.
 */
export type Store = {
  /**
   * Runs one SELECT and returns its rows. 64-bit integers come back as numbers: select epoch
   * milliseconds or counts, which stay below 2^53. Reads run beside each other and beside a write.
   */
  readonly query: <Row>(sql: string) => Promise<Row[]>
  /** Runs one statement that returns nothing (DDL, INSERT … SELECT), after the writes before it. */
  readonly command: (sql: string) => Promise<void>
  /**
   * The same beside `command`, after what came here before it. Only where the engine runs in this
   * process, and what it may do at a time is ours to say.
   */
  readonly commandBeside?: (sql: string) => Promise<void>
  /** Runs one statement of upkeep (OPTIMIZE) beside reads and writes, after the upkeep before it. */
  readonly maintain: (sql: string) => Promise<void>
  /**
   * Appends rows in ClickHouse's RowBinary format. `columns` are names with their types, in the
   * order of the bytes. Resolves when the rows are stored as the table's durability says; rejects
   * with STORE_REJECTED (the engine refuses these rows: trying again will not help) or
   * STORE_UNAVAILABLE (retriable).
   */
  readonly insert: (
    table: string,
    columns: readonly { readonly name: string; readonly type: string }[],
    rows: RowBytes,
  ) => Promise<void>
  /** 'embedded' (this process holds the directory) or 'server'. */
  readonly kind: 'embedded' | 'server'
  /** The cluster that shares the tables; absent: they are all in one place. */
  readonly cluster?: Cluster
  readonly close: () => Promise<void>
}
