import type { Registry } from 'prom-client'
import { createConservationSeries } from '../../consumers/conservation/series.ts'
import { openPulse } from '../../consumers/open.ts'
import type { Edge } from '../../producers/append/take-lines.ts'
import { receivedClock } from '../../schemas/log/received-clock.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Access, Migrated } from './access.ts'
import { deadLettersOf, loggedDeadLetters } from './dead-letters.ts'
import { type Figures, figuresOf } from './figures.ts'
import { withOpenStore } from './open-store.ts'
import { reconcileOf } from './reconcile.ts'
import { replayOf } from './replay.ts'

/** A store open in this process, with what the commands and the routes do with it. */
export type Runtime = Figures &
  Pick<Access, 'replay' | 'deadLetters' | 'reconcile' | 'close'> & {
    readonly edge: Edge
    readonly schema: () => Promise<Migrated>
    /** Puts what the store says of conservation into the series of this process. */
    readonly observe: (registry: Registry) => void
    /** Whether the event log answers, where it is another's. */
    readonly logAnswers?: () => Promise<boolean>
  }

export type RuntimeOptions = {
  /** Hears of work that takes long before the store can be used. */
  readonly note: (text: string) => void
  /** Called once the store is closed again: gives back the turn at its directory. */
  readonly giveBack?: () => Promise<void>
}

/** Opens the store these settings mean and brings its tables up to date. */
export const openRuntime = (
  settings: Settings,
  { note, giveBack }: RuntimeOptions,
): Promise<Runtime> =>
  withOpenStore(settings, async (store) => {
    const { timezone } = settings
    const pulse = await openPulse({ store, timezone, onNotice: note })
    const { relationsAt, watermark } = pulse
    const edge: Edge = { log: pulse.log, receivedClock: receivedClock() }
    return {
      ...figuresOf({ store, settings, relationsAt, watermark }),
      edge,
      deadLetters:
        settings.kafka === undefined
          ? deadLettersOf(store, edge)
          : loggedDeadLetters(store, settings.kafka, note),
      observe: (registry) => createConservationSeries(registry, store),
      reconcile: reconcileOf(store, settings, watermark),
      replay: replayOf(settings, { store, rebuild: pulse.rebuild, watermark }),
      schema: async () => pulse.schema,
      close: async () => {
        await pulse.close()
        await giveBack?.()
      },
    }
  })
