/**
 * What the HTTP front of the embedded engine costs against the engine in the process: the same rows
 * of `case_events` inserted in batches as the sink stores them, and the same questions asked, by turns;
 * through the front with the unmodified client, the front a process of its own (`pulse store`).
 * Arguments: see `arguments.ts`.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventRowColumns, eventRows } from '../consumers/sink/event-rows.ts'
import { parseEvent } from '../schemas/events/parse.ts'
import type { ReceivedEvent } from '../schemas/log/port.ts'
import { openEmbedded } from '../schemas/store/embedded.ts'
import type { Store } from '../schemas/store/port.ts'
import { openServer } from '../schemas/store/server.ts'
import { migrate } from '../schemas/tables/migrate.ts'
import { readArguments } from './arguments.ts'
import { median, quantile, report, timed } from './measure.ts'
import { scratchPrefix, startPulse } from './pulse-process.ts'

const BATCH_ROWS = 20_000
const BATCHES = 10
const QUESTIONS = 200

const batchOf = (first: number): ReceivedEvent[] =>
  Array.from({ length: BATCH_ROWS }, (_, n) => {
    const receivedTime = Date.UTC(2026, 0, 1) + n
    const parsed = parseEvent(
      {
        specversion: '1.0',
        id: `front-${first + n}`,
        source: '/offices/430102',
        type: 'petition.registered.v1',
        subject: `XF-${first + n}`,
        time: new Date(receivedTime - 60_000).toISOString(),
        data: {
          petitionId: `p-${first + n}`,
          channel: 'online',
          region: '430102001',
          category: '类别1/小类1',
        },
      },
      { receivedTime: 'refused' },
    )
    if (!parsed.ok) throw new Error('the benchmark made an unusable event')
    return { ...parsed.event, receivedTime }
  })

/** A running `pulse store`, and how to end it. */
const startFront = async (
  directory: string,
): Promise<{ readonly url: string; readonly end: () => Promise<void> }> => {
  const child = startPulse(['store', '--data', directory, '--port', '0'])
  const ended = once(child, 'close')
  let notes = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (text) => {
      notes += text
      const found = /is up at (http:\S+?)\/ /.exec(notes)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('close', () => reject(new Error(`pulse store did not come up: ${notes}`)))
  })
  return {
    url,
    end: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const questions = {
  'one row': 'SELECT 1 AS one',
  'a count': 'SELECT count() AS n, uniq(subject) AS matters FROM case_events',
  '10,000 rows': 'SELECT subject, id FROM case_events LIMIT 10000',
} as const

const { rounds } = readArguments(process.argv.slice(2), '.pulse-bench')
const folder = await mkdtemp(scratchPrefix)
const front = await startFront(join(folder, 'served'))
const stores: Readonly<Record<'embedded' | 'through the front', Store>> = {
  embedded: await openEmbedded({ directory: join(folder, 'embedded') }),
  'through the front': await openServer({ url: front.url }),
}
const names = ['embedded', 'through the front'] as const
try {
  for (const name of names) await migrate(stores[name])
  const took: Record<(typeof names)[number], number[]> = { embedded: [], 'through the front': [] }
  for (let batch = 0; batch < BATCHES * rounds; batch++) {
    const rows = eventRows(batchOf(batch * BATCH_ROWS), Date.UTC(2026, 0, 2))
    for (const name of names)
      took[name].push(await timed(() => stores[name].insert('case_events', eventRowColumns, rows)))
  }
  for (const name of names)
    report(
      `inserts of ${BATCH_ROWS} rows, ${name}`,
      BATCH_ROWS / (median(took[name]) / 1000),
      'rows/s',
      {
        note: `median of ${took[name].length} batches, ${median(took[name]).toFixed(0)} ms each`,
      },
    )
  for (const [what, sql] of Object.entries(questions)) {
    const asked: Record<(typeof names)[number], number[]> = {
      embedded: [],
      'through the front': [],
    }
    for (let question = 0; question < QUESTIONS; question++)
      for (const name of names) asked[name].push(await timed(() => stores[name].query(sql)))
    for (const name of names)
      report(`query of ${what}, ${name}`, median(asked[name]), 'ms', {
        note: `median of ${QUESTIONS}; p95 ${quantile(asked[name], 0.95).toFixed(2)} ms`,
      })
  }
} finally {
  for (const name of names) await stores[name].close()
  await front.end()
  await rm(folder, { recursive: true, force: true })
}
