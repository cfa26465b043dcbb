import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { scratchPrefix } from '../pulse-process.ts'
import { allCommitted } from './group-progress.ts'
import { startProgram } from './measured-process.ts'
import { type Form, limitMs, type Measured, measure } from './measuring.ts'
import { type Prepared, TOPIC } from './prepare.ts'
import { apart, together } from './pulse-forms.ts'
import { rowsPrint } from './rows-print.ts'

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

export const forms: readonly Form[] = [together, apart, engine, inserts, kafkajs]

/** Runs a form once in a directory of its own. */
export const runOnce = async (form: Form, prepared: Prepared): Promise<Measured> => {
  const folder = await mkdtemp(scratchPrefix)
  try {
    return await form.run(prepared, join(folder, 'store'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
