import { relationsOf } from '../../schemas/fold/source.ts'
import { NO_WATERMARK, readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import { type Figures, figuresOf } from './figures.ts'

/** What the consumers of a store have written there, NO_WATERMARK where they have not. */
export const watermarkOfFedStore = (store: Store) => async (): Promise<number> =>
  watermarkOf(await readProgress(store)) ?? NO_WATERMARK

/** Figures of a store that others fill from Kafka: the watermark is what they have written there. */
export const figuresOfFedStore = (store: Store, settings: Settings): Figures =>
  figuresOf({
    store,
    settings,
    relationsAt: relationsOf(store, settings.timezone),
    watermark: watermarkOfFedStore(store),
  })
