import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventRowColumns, eventRows } from '../../consumers/sink/event-rows.ts'
import { storeMergeEdges } from '../../consumers/sink/merge-edges.ts'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import { ensureTopics } from '../../schemas/log/kafka/ensure-topics.ts'
import { topicsOf } from '../../schemas/log/topics.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { type Broker, startBroker } from '../../scripts/kafka/broker.ts'
import { cityBatches } from './city-events.ts'
import { rebuiltSheet, type Sheet } from './figure-sheet.ts'
import { fillTopic } from './fill-topic.ts'
import { rowsPrint } from './rows-print.ts'

/** Rows of a prepared file, and of the engine's own blocks. */
export const BLOCK_ROWS = 65_536

const { caseEvents } = topicsOf({ topicPrefix: '' })
export const TOPIC = caseEvents.name

/** What every form reads from and is held to; made before anything is measured. */
export type Prepared = {
  readonly broker: Broker
  readonly events: number
  readonly matters: number
  /** Of the rows of `case_events`, see `rowsPrint`. */
  readonly rowsPrint: string
  /** RowBinary files of `case_events`, in the order of the log. */
  readonly rowFiles: readonly string[]
  /** Of a store that was given the rows and folded once, as a whole. */
  readonly expected: Sheet
}

type Manifest = Pick<Prepared, 'events' | 'matters' | 'rowsPrint' | 'expected'>

const make = async (
  directory: string,
  broker: Broker,
  events: number,
  say: (line: string) => void,
): Promise<Manifest> => {
  const rows = join(directory, 'rows')
  const clean = join(directory, 'clean')
  await mkdir(rows, { recursive: true })
  const settings = { topicPrefix: '', groupId: 'bench', sessionTimeoutMs: 30_000 }
  const kafka = openKafka({ ...settings, brokers: broker.brokers }, { clientId: 'bench' })
  await ensureTopics(kafka, [caseEvents], say)
  const filler = await fillTopic(broker.brokers[0] ?? '', TOPIC)
  const store = await openEmbedded({ directory: clean })
  let files = 0
  const counted = { matters: 0, rowsPrint: '' }
  try {
    await migrate(store)
    for (const batch of cityBatches(events, BLOCK_ROWS)) {
      await filler.take(batch)
      const bytes = eventRows(batch, Date.now())
      await writeFile(join(rows, `${String(files++).padStart(5, '0')}.bin`), bytes)
      await storeMergeEdges(store, batch)
      await store.insert('case_events', eventRowColumns, bytes)
    }
    await filler.end()
    const [row] = await store.query<{ matters: number }>(
      'SELECT uniqExact(subject) AS matters FROM case_events',
    )
    counted.matters = row?.matters ?? 0
    counted.rowsPrint = await rowsPrint(store)
  } finally {
    await store.close()
  }
  const expected = await rebuiltSheet(clean)
  await rm(clean, { recursive: true })
  return { events, ...counted, expected }
}

/**
 * A broker with the events in its log, the same as prepared rows, and the figures to come to. In a
 * directory that was prepared for as many events before, it is used as it is.
 */
export const prepare = async (
  directory: string,
  events: number,
  say: (line: string) => void,
): Promise<Prepared> => {
  const note = join(directory, 'prepared.json')
  const there: Manifest | undefined = existsSync(note)
    ? JSON.parse(await readFile(note, 'utf8'))
    : undefined
  if (there?.events !== events) await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const broker = await startBroker({
    directory: join(directory, 'kafka'),
    readyLimitMs: 60_000,
    say,
  })
  try {
    if (there?.events !== events) {
      say(`Making ${events} events, their log, their rows and their figures …`)
      await writeFile(note, JSON.stringify(await make(directory, broker, events, say)))
    }
    const manifest: Manifest = JSON.parse(await readFile(note, 'utf8'))
    const rows = join(directory, 'rows')
    const names = (await readdir(rows)).sort()
    return { broker, ...manifest, rowFiles: names.map((name) => join(rows, name)) }
  } catch (error) {
    await broker.stop()
    throw error
  }
}
