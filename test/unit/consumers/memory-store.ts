import type { Store } from '../../../schemas/store/port.ts'
import { piecesOf } from '../../../schemas/store/row-bytes.ts'

export type Insert = {
  readonly table: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: Uint8Array
}

/**
 * A store that keeps what it was told, in order, and answers queries with `answer`: for what happens
 * around the engine. What the engine makes of the statements is tested on the engine.
 */
export const memoryStore = (answer: (sql: string) => readonly unknown[] = () => []) => {
  const queries: string[] = []
  const commands: string[] = []
  const inserts: Insert[] = []
  const store: Store = {
    kind: 'embedded',
    maintain: async () => undefined,
    query: async <Row>(sql: string) => {
      queries.push(sql)
      return [...answer(sql)] as Row[]
    },
    command: async (sql) => {
      commands.push(sql)
    },
    insert: async (table, columns, rows) => {
      inserts.push({ table, columns, rows: Buffer.concat(piecesOf(rows)) })
    },
    close: async () => undefined,
  }
  return { store, queries, commands, inserts }
}
