import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'

const keyOf = (position: number, content: string): string => `${position} ${content}`

/** When what stood at a position was received (epoch ms), by position and the column `content`. */
export type StoredReceipts = ReadonlyMap<string, number>

export const NO_RECEIPTS: StoredReceipts = new Map()

export const storedReceiptOf = (
  receipts: StoredReceipts,
  position: number,
  content: string,
): number | undefined => (receipts.size === 0 ? undefined : receipts.get(keyOf(position, content)))

type Row = { readonly position: number; readonly content: string; readonly received: number }

/**
 * The receipts stored of a run of positions that is delivered again: what was once told is not told
 * otherwise. Told apart by content, since a topic that was made anew uses its positions again.
 */
export const storedReceipts = async (
  store: Pick<Store, 'query'>,
  origin: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<StoredReceipts> => {
  const rows = await store.query<Row>(
    `SELECT position, lower(hex(content)) AS content, toUnixTimestamp64Milli(min(received_at)) AS received
     FROM log_positions WHERE origin = ${sqlString(origin)} AND position >= ${from} AND position < ${to}
     GROUP BY position, content`,
  )
  return new Map(
    rows.map(({ position, content, received }) => [keyOf(position, content), received]),
  )
}
