import { relationsOf } from '../../schemas/fold/source.ts'
import { NO_WATERMARK, readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import { type Figures, figuresOf } from './figures.ts'

/** Figures of a store that others fill from Kafka: the watermark is what they have written there. */
export const figuresOfFedStore = (store: Store, settings: Settings): Figures =>
  figuresOf({
    store,
    settings,
    relationsAt: relationsOf(store, settings.timezone),
    watermark: async () => watermarkOf(await readProgress(store)) ?? NO_WATERMARK,
  })
