/**
 * Makes the large store: raw events only; the rebuild folds them. Arguments: see `arguments.ts`.
 */
import { openPulse } from '../consumers/open.ts'
import { openEmbedded } from '../schemas/store/embedded.ts'
import { readArguments } from './arguments.ts'
import { fillHistory } from './city-history.ts'
import { report, timed } from './measure.ts'

const { store: directory, matters } = readArguments(process.argv.slice(2), '.pulse-bench')
const store = await openEmbedded({ directory })
const pulse = await openPulse({ store, timezone: 'Asia/Shanghai' })
const [there] = await store.query<{ n: number }>('SELECT count() AS n FROM case_events')
if ((there?.n ?? 0) > 0) console.log(`the store in ${directory} is used as it is`)
else {
  const ms = await timed(() => fillHistory(store, matters))
  report('making the history, raw events', ms / 1000, 's')
}
const [made] = await store.query<{ events: number; matters: number; parts: number }>(
  `SELECT count() AS events, uniq(subject) AS matters, (SELECT count() FROM system.parts WHERE active AND database = currentDatabase() AND table = 'case_events') AS parts FROM case_events`,
)
console.log(`events ${made?.events}, matters ${made?.matters}, parts ${made?.parts}`)
await pulse.close()
