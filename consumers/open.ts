import type { Cut } from '../schemas/fold/known-events.ts'
import { type Relations, relationsOf } from '../schemas/fold/source.ts'
import type { EventLog } from '../schemas/log/port.ts'
import { readProgress, watermarkOf } from '../schemas/log/progress.ts'
import type { Store } from '../schemas/store/port.ts'
import { setMark } from '../schemas/tables/marks.ts'
import { type LedgerMemory, ledgerMemory } from './ledger-memory.ts'
import { refusingLog } from './log/fed-store.ts'
import { type PrepareOptions, prepareStore } from './prepare-store.ts'
import { createFoldBound } from './projector/fold-bound.ts'
import { foldTouched } from './projector/fold-touched.ts'
import { createFolder } from './projector/folder.ts'
import { type RebuildAsked, type Rebuilt, rebuild } from './projector/rebuild.ts'
import { createTidier } from './projector/tidy.ts'
import { createSink, type Sink } from './sink/sink.ts'

export type PulseOptions = PrepareOptions & {
  /** Closed by `close` of what is returned. */
  readonly store: Store
  /** Whether small batches and folds rest between each other, to leave the machine to whoever asks. Default true. */
  readonly rests?: boolean
}

/** A store with everything that keeps it right. */
export type Pulse = LedgerMemory & {
  readonly log: EventLog
  readonly watermark: () => Promise<number>
  /** `moving`: relations that hold whatever is folded while they are read; they cost more. */
  readonly relationsAt: (cut: Cut, moving?: boolean) => Promise<Relations>
  readonly rebuild: (asked?: RebuildAsked) => Promise<Rebuilt>
  readonly schema: { readonly version: number; readonly applied: readonly number[] }
  readonly close: () => Promise<void>
}

/** How often the mark of what may be unfolded moves on while events arrive. */
const MARK_EVERY_MS = 30_000

/** Prepares the store and opens the sink; in a store that is fed from Kafka, nothing may be put past it. */
export const openPulse = async (options: PulseOptions): Promise<Pulse> => {
  const { store, timezone, now = Date.now, rests = true } = options
  const unrested = rests ? {} : { maxRestMs: 0 }
  const schema = await prepareStore(store, options)
  const { log: feeding } = await readProgress(store)

  let marked: number | undefined
  const tidier = createTidier(store)
  const bound = createFoldBound(store)
  const folder = createFolder({
    ...unrested,
    storedUpTo: () => sink.storedUpTo(),
    fold: async (subjects, upTo) => {
      const to = await bound.atLeast(upTo)
      await foldTouched(store, { table: 'folded', timezone }, subjects, to)
      tidier.folded(subjects.size)
    },
    onCaughtUp: tidier.start,
  })
  const sink: Sink = createSink({
    ...unrested,
    store,
    now,
    folder,
    beforeStoring: async (storedAt, allFolded) => {
      if (marked !== undefined && (!allFolded || storedAt < marked + MARK_EVERY_MS)) return
      await setMark(store, 'folding_since', String(storedAt - MARK_EVERY_MS))
      marked = storedAt
    },
  })

  return {
    log: feeding === undefined ? sink : refusingLog(feeding.topic),
    watermark: async () => {
      // nobody else can begin to feed a directory that this process holds
      if (feeding === undefined && store.kind === 'embedded') return sink.watermark()
      return watermarkOf(await readProgress(store)) ?? sink.watermark()
    },
    relationsAt: relationsOf(store, timezone),
    rebuild: async (asked = {}) => {
      const rebuilt = await rebuild(store, { ...asked, timezone, now })
      if (!rebuilt.switched) return rebuilt
      await bound.refresh()
      tidier.folded(rebuilt.matters)
      tidier.start()
      return rebuilt
    },
    ...ledgerMemory(store, now),
    schema,
    close: async () => {
      try {
        const allFolded = await sink.stop()
        await tidier.idle()
        if (marked !== undefined && allFolded) await setMark(store, 'folding_since', '')
      } finally {
        await store.close()
      }
    },
  }
}
