import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Broker, startBroker } from '../../scripts/kafka/broker.ts'
import { type CleanLoad, cleanLoad } from '../crash/clean-load.ts'
import { crashRun } from '../crash/crash-run.ts'
import { hostileWaves } from '../crash/hostile-waves.ts'
import { everyLabel, shortPlans, WAVES } from '../crash/matrix.ts'
import { faultsOf, labelsOf } from '../crash/report-lines.ts'
import { patienceMs } from '../support/kafka.ts'

const SEED = 4
const world = hostileWaves({ seed: SEED, waves: WAVES, histories: 20, matters: 60 })

// the long form: npm run test:crash
describe('whatever is killed, cut off or repeated', () => {
  let work = ''
  let broker: Broker | undefined
  let clean: CleanLoad | undefined
  const done = new Set<string>()

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'pulse-crash-'))
    // killed as well, so not the one the other tests share
    broker = await startBroker({ heapMb: 256, readyLimitMs: patienceMs })
    clean = await cleanLoad(work, world, [0.6])
  }, 180_000)
  afterAll(async () => {
    await broker?.stop()
    await rm(work, { recursive: true, force: true })
  })

  it.each(shortPlans(SEED))(
    'the figures are those of the events accepted: $name',
    async (plan) => {
      if (broker === undefined || clean === undefined) throw new Error('there is no broker')
      const report = await crashRun(plan, { broker, work, world, clean })
      expect(faultsOf(report)).toEqual([])
      for (const label of labelsOf([report])) done.add(label)
      expect(report.acknowledged).toBeGreaterThan(500)
      expect(report.remembered).toBeGreaterThan(0)
    },
    480_000,
  )

  it('every step and every part had its turn', () => {
    expect([...done]).toEqual(expect.arrayContaining([...everyLabel]))
  })
})
