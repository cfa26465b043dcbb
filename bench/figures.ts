/**
 * Figures over the large store, warm: idle, while 1,000 events a second arrive, and as of earlier
 * dates. Arguments: see `arguments.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openPulse } from '../consumers/open.ts'
import { askFigure } from '../dashboards/figures/ask.ts'
import type { FigureQuestion } from '../dashboards/figures/question.ts'
import { openEmbedded } from '../schemas/store/embedded.ts'
import { readArguments } from './arguments.ts'
import { startArrivals } from './arrivals.ts'
import { measured, median, peakMemoryMb, quantile, report, type Target } from './measure.ts'

const RUNS = 40
const AS_OF_RUNS = 5
const settings = { timezone: 'Asia/Shanghai', monthStart: 1, collectiveThreshold: 5 }
const { store: directory, matters } = readArguments(process.argv.slice(2), '.pulse-bench')
const store = await openEmbedded({ directory })
const pulse = await openPulse({ store, timezone: settings.timezone })
const deps = {
  store,
  relationsAt: pulse.relationsAt,
  watermark: pulse.watermark,
  now: Date.now,
  settings,
}

const range = { from: '2022-01-01', to: '2025-01-01' }
const questions: readonly FigureQuestion[] = [
  { metric: 'closure_rate', by: ['month'], ...range },
  { metric: 'petitions', by: ['month', 'region@2'], ...range },
  { metric: 'median_days_to_close', by: ['category'], ...range },
]

/** Asks every question `runs` times after two that are not counted, and reports each. */
const ask = async (
  circumstances: string,
  {
    runs,
    target,
    pauseMs = 0,
    asOf,
  }: { runs: number; target?: Target; pauseMs?: number; asOf?: number },
): Promise<void> => {
  for (const question of questions) {
    const took: number[] = []
    const computed: number[] = []
    for (let run = -2; run < runs; run++) {
      const { ms, cpuMs } = await measured(() => askFigure(deps, { ...question, asOf }))
      if (run >= 0) took.push(ms)
      if (run >= 0) computed.push(cpuMs)
      if (pauseMs > 0) await sleep(pauseMs)
    }
    report(
      `p95 ${question.metric} by ${question.by?.join(', ')}, ${circumstances}`,
      quantile(took, 0.95),
      'ms',
      {
        ...(target === undefined ? {} : { target }),
        note: `p50 ${median(took).toFixed(0)}, CPU ${median(computed).toFixed(0)}`,
      },
    )
  }
}

await ask('idle', { runs: RUNS, target: { most: 120 } })
for (const [about, circumstances, target] of [
  ['recent', 'while events arrive', { most: 300 }],
  ['any', 'while they arrive about any matter of three years', undefined],
] as const) {
  const arrivals = startArrivals(pulse.log, matters, about)
  await sleep(3_000)
  await ask(circumstances, {
    runs: RUNS,
    ...(target === undefined ? {} : { target }),
    pauseMs: 50,
  })
  const { events, visibleP95Ms } = await arrivals.stop()
  report(`p95 from arrival until every figure counts it, ${circumstances}`, visibleP95Ms, 'ms', {
    note: `${events} events arrived`,
  })
}
for (const day of ['2022-07-01', '2023-07-01', '2024-07-01'])
  await ask(`as of ${day}`, { runs: AS_OF_RUNS, asOf: Date.parse(`${day}T00:00:00+08:00`) })
report('figures, peak resident memory', peakMemoryMb(), 'MB')
await pulse.close()
