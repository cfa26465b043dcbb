import { createConservationSeries } from '../../consumers/conservation/series.ts'
import { prepareStore } from '../../consumers/prepare-store.ts'
import type { Edge } from '../../producers/append/take-lines.ts'
import type { EventLog } from '../../schemas/log/port.ts'
import { receivedClock } from '../../schemas/log/received-clock.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { deadLettersOf } from './dead-letters.ts'
import { figuresOfFedStore, watermarkOfFedStore } from './fed-store.ts'
import { type OpenConsumerOptions, openConsumer } from './open-consumer.ts'
import { openLog } from './open-log.ts'
import { withOpenStore } from './open-store.ts'
import { reconcileOf } from './reconcile.ts'
import { replayOf } from './replay.ts'
import type { Runtime, RuntimeOptions } from './runtime.ts'

export type LogRuntimeOptions = RuntimeOptions & Omit<OpenConsumerOptions, 'clientId'>

/**
 * Everything in one process with Kafka as the log: what is taken in is written to it, and what it
 * holds is stored and folded by a consumer of its own. Brings the tables up to date.
 */
export const openLogRuntime = (settings: Settings, options: LogRuntimeOptions): Promise<Runtime> =>
  withOpenStore(settings, async (store) => {
    const { kafka, note, giveBack } = options
    const schema = await prepareStore(store, { timezone: settings.timezone, onNotice: note })
    const publisher = await openLog(kafka, { clientId: 'pulse-up', note })
    const consumer = await openConsumer(store, settings, {
      ...options,
      clientId: 'pulse-up',
    }).catch(async (error: unknown) => {
      await publisher.close().catch(() => undefined)
      throw error
    })
    const figures = figuresOfFedStore(store, settings)
    const log: EventLog = {
      ...publisher,
      publish: async (events, { waitFor = 'visible' } = {}) => {
        await publisher.publish(events, { waitFor: 'stored' })
        if (waitFor === 'visible') await consumer.settled()
        return {}
      },
      settled: consumer.settled,
    }
    const edge: Edge = { log, receivedClock: receivedClock() }
    return {
      ...figures,
      edge,
      deadLetters: deadLettersOf(store, edge),
      observe: (registry) => createConservationSeries(registry, store),
      reconcile: reconcileOf(store, settings, watermarkOfFedStore(store)),
      priorLedgerEvents: async (source, idPrefix) => {
        // what the log still holds would seem never to have been imported
        await consumer.settled()
        return figures.priorLedgerEvents(source, idPrefix)
      },
      replay: replayOf(settings, {
        store,
        rebuild: consumer.rebuild,
        watermark: watermarkOfFedStore(store),
      }),
      schema: async () => schema,
      logAnswers: async () => consumer.trouble() === undefined && (await publisher.answers()),
      close: async () => {
        // what is under way to the log is waited for, then what the log gives back
        await publisher.close().catch(() => undefined)
        await consumer.stop()
        await store.close()
        await giveBack?.()
      },
    }
  })
