import type { OriginProgress } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter, TIME } from '../../schemas/store/row-binary.ts'

const columns = [
  { name: 'origin', type: 'String' },
  { name: 'claim', type: 'UInt64' },
  { name: 'folded_position', type: 'Int64' },
  { name: 'watermark', type: TIME },
  { name: 'written_at', type: TIME },
] as const

/** What one claim says of a partition; stamps in epoch ms. */
export type ProgressRow = Pick<OriginProgress, 'origin' | 'claim' | 'folded' | 'watermark'>

/** Writes rows of `log_progress`. A row that says less than one before of its claim changes nothing. */
export const storeProgress = async (
  store: Pick<Store, 'insert'>,
  rows: readonly ProgressRow[],
  now: number,
): Promise<void> => {
  if (rows.length === 0) return
  const row = rowBinaryWriter(rows.length * 72)
  for (const { origin, claim, folded, watermark } of rows) {
    row.string(origin)
    row.u64(claim)
    row.i64(folded)
    row.time(watermark)
    row.time(now)
  }
  await store.insert('log_progress', columns, row.bytes())
}
