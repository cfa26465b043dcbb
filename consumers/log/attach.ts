import { originOf } from '../../schemas/log/positions.ts'
import { NO_WATERMARK, readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { setMark } from '../../schemas/tables/marks.ts'
import { storeProgress } from './progress-rows.ts'

/**
 * Notes in the store which log feeds it, and of how many partitions. What figures were told before
 * stands: a partition that is new begins with the watermark there was, or, in a store that was filled
 * otherwise, with this moment. Doing it again changes nothing.
 */
export const attachLog = async (
  store: Pick<Store, 'query' | 'insert' | 'command'>,
  topic: string,
  partitions: number,
  now: number,
): Promise<void> => {
  const progress = await readProgress(store)
  const { log, origins } = progress
  if (log?.topic === topic && log.partitions === partitions) return
  const known = new Set(origins.map(({ origin }) => origin))
  const [filled] = await store.query<{ n: number }>(
    'SELECT count() AS n FROM (SELECT 1 FROM case_events LIMIT 1)',
  )
  const watermark = watermarkOf(progress) ?? ((filled?.n ?? 0) > 0 ? now - 1 : NO_WATERMARK)
  if (watermark > NO_WATERMARK)
    await storeProgress(
      store,
      Array.from({ length: partitions }, (_, partition) => originOf(topic, partition))
        .filter((origin) => !known.has(origin))
        .map((origin) => ({ origin, claim: 0, folded: 0, watermark })),
      now,
    )
  await setMark(store, 'log', JSON.stringify({ topic, partitions }))
}
