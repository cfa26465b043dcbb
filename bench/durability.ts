/**
 * What writing through to disk costs: the same rows of `case_events` inserted into the table as it
 * is and into one without the fsync settings, in batches as the sink stores them and one large one,
 * by turns. Arguments: see `arguments.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { openEmbedded } from '../schemas/store/embedded.ts'
import { migrate } from '../schemas/tables/migrate.ts'
import { readArguments } from './arguments.ts'
import { fillHistory } from './city-history.ts'
import { median, report, timed } from './measure.ts'
import { scratchPrefix } from './pulse-process.ts'

const ROUNDS = 9
const { rounds } = readArguments(process.argv.slice(2), '.pulse-bench')
const directory = await mkdtemp(scratchPrefix)
const store = await openEmbedded({ directory })
try {
  await migrate(store)
  await fillHistory(store, 20_000 * rounds)
  await store.command(
    'CREATE TABLE unsynced AS case_events SETTINGS fsync_after_insert = 0, fsync_part_directory = 0, min_rows_to_fsync_after_merge = 0',
  )
  await store.command('CREATE TABLE synced AS case_events')
  const columns = (
    await store.query<{ name: string }>(
      `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'case_events' AND default_kind = ''`,
    )
  ).map(({ name }) => name)
  for (const rows of [100, 10_000, 100_000]) {
    await store.command('DROP TABLE IF EXISTS rows_at_hand')
    await store.command(
      `CREATE TABLE rows_at_hand ENGINE = Memory AS SELECT ${columns.join(', ')} FROM case_events LIMIT ${rows}`,
    )
    const took: Record<'synced' | 'unsynced', number[]> = { synced: [], unsynced: [] }
    for (let round = 0; round < ROUNDS; round++)
      for (const table of ['synced', 'unsynced'] as const)
        took[table].push(
          await timed(() =>
            store.command(
              `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM rows_at_hand`,
            ),
          ),
        )
    const [without, through] = [median(took.unsynced), median(took.synced)]
    report(`insert of ${rows} rows, left to the system`, without, 'ms')
    report(`insert of ${rows} rows, written through to disk`, through, 'ms', {
      note: `${((through / without - 1) * 100).toFixed(0)} % more, median of ${ROUNDS}`,
    })
  }
} finally {
  await store.close()
  await rm(directory, { recursive: true, force: true })
}
