import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { scratchPrefix } from '../pulse-process.ts'
import { allCommitted } from './group-progress.ts'
import { type MeasuredProcess, startProgram } from './measured-process.ts'
import { type Prepared, TOPIC } from './prepare.ts'
import { type Usage, usageOfAll } from './process-usage.ts'
import { rowsPrint } from './rows-print.ts'

/** One form of getting the log into figures, or part of the way. */
export type Form = {
  readonly name: string
  readonly what: string
  /** Once, into an empty directory. Rejects where what came out is wrong. */
  readonly run: (prepared: Prepared, directory: string) => Promise<Measured>
}

export type Measured = Usage & { readonly seconds: number }

/** How long any form may take: two thousand events a second, and time to start. */
export const limitMs = (events: number): number => 60_000 + events / 2

type Running = {
  readonly processes: readonly MeasuredProcess[]
  /** Resolves when everything is where the form puts it. */
  readonly done: () => Promise<void>
}

/** From the start of the processes until it is done; what they used meanwhile; then ends them. */
export const measure = async (start: () => Promise<Running> | Running): Promise<Measured> => {
  const begun = performance.now()
  const { processes, done } = await start()
  try {
    await done()
    const seconds = (performance.now() - begun) / 1000
    return { seconds, ...(await usageOfAll(processes.map(({ pid }) => pid))) }
  } finally {
    for (const process of [...processes].reverse()) await process.end()
  }
}

const checkRows = async (prepared: Prepared, directory: string): Promise<void> => {
  const store = await openEmbedded({ directory })
  try {
    const print = await rowsPrint(store)
    if (print !== prepared.rowsPrint)
      throw new Error(`the rows are not those expected: ${print} instead of ${prepared.rowsPrint}`)
  } finally {
    await store.close()
  }
}

const engine: Form = {
  name: 'engine',
  what: '(b) ENGINE = Kafka and a view into case_events: no checks, no dead letters, no fold',
  run: async (prepared, directory) => {
    const { broker, events } = prepared
    const groupId = `engine-${randomUUID()}`
    const measured = await measure(() => {
      const child = startProgram('engine-consumer', [
        directory,
        broker.brokers[0] ?? '',
        TOPIC,
        groupId,
      ])
      const { brokers } = broker
      const watched = { brokers, topic: TOPIC, groupId, limitMs: limitMs(events) }
      const done = () => allCommitted({ ...watched, stillGoing: child.stillGoing })
      return { processes: [child], done }
    })
    await checkRows(prepared, directory)
    return measured
  },
}

const inserts: Form = {
  name: 'inserts',
  what: '(c) the same rows, prepared, inserted',
  run: async (prepared, directory) => {
    const measured = await measure(() => {
      const child = startProgram('bare-inserts', [directory, ...prepared.rowFiles])
      return { processes: [child], done: async () => void (await child.said(/^done$/m)) }
    })
    await checkRows(prepared, directory)
    return measured
  },
}

const kafkajs: Form = {
  name: 'kafkajs',
  what: '(d) kafkajs reading alone',
  run: async ({ broker, events }) =>
    measure(() => {
      const address = broker.brokers[0] ?? ''
      const args = [String(events), address, TOPIC, `alone-${randomUUID()}`]
      const child = startProgram('consume-alone', args)
      return { processes: [child], done: async () => void (await child.said(/^done$/m)) }
    }),
}

export const forms: readonly Form[] = [engine, inserts, kafkajs]

/** Runs a form once in a directory of its own. */
export const runOnce = async (form: Form, prepared: Prepared): Promise<Measured> => {
  const folder = await mkdtemp(scratchPrefix)
  try {
    return await form.run(prepared, join(folder, 'store'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
