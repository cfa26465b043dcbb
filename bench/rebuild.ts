/**
 * Folds the whole large store again, as `pulse replay` does. Prints events a second and the most
 * memory the process held. Arguments: see `arguments.ts`.
 */
import { openPulse } from '../consumers/open.ts'
import { openEmbedded } from '../schemas/store/embedded.ts'
import { readArguments } from './arguments.ts'
import { measured, peakMemoryMb, report } from './measure.ts'

const { store: directory, rounds } = readArguments(process.argv.slice(2), '.pulse-bench')
const store = await openEmbedded({ directory })
const pulse = await openPulse({ store, timezone: 'Asia/Shanghai' })
for (let round = 1; round <= rounds; round++) {
  let rebuilt = { events: 0, matters: 0 }
  const { ms, cpuMs } = await measured(async () => {
    rebuilt = await pulse.rebuild()
  })
  report('full rebuild', rebuilt.events / ms, 'k events/s', {
    target: { least: 350 },
    note: `${rebuilt.events} events, ${rebuilt.matters} matters, ${(ms / 1000).toFixed(1)} s, CPU ${(cpuMs / 1000).toFixed(1)} s`,
  })
}
report('full rebuild, peak resident memory', peakMemoryMb(), 'MB', { target: { most: 4096 } })
const { ms } = await measured(() => pulse.close())
report('merging the folded tables after it, beside other work', ms / 1000, 's')
