import type { Store } from '../../schemas/store/port.ts'
import { createFoldBound } from '../projector/fold-bound.ts'
import { foldStoredSince } from '../projector/fold-stored-since.ts'
import { foldTouched } from '../projector/fold-touched.ts'
import { createFolder, type Folder } from '../projector/folder.ts'
import { type RebuildAsked, type Rebuilt, rebuild } from '../projector/rebuild.ts'
import { createTidier } from '../projector/tidy.ts'
import { createMergeRest } from './merge-rest.ts'
import type { OnStep } from './steps.ts'

export type LogFoldingOptions = {
  readonly store: Store
  readonly timezone: string
  /** As of `FolderOptions`; -Infinity where it is not known. */
  readonly storedUpTo: () => Promise<number>
  readonly onFolded: () => void
  /** Hears of each fold: how long it took, or why it failed. */
  readonly onFold: (outcome: { readonly ms: number } | { readonly error: unknown }) => void
  readonly onStep: OnStep
  readonly stopped: () => boolean
}

export type LogFolding = Folder & {
  /** `hold`, while what comes is so much that merging waits as well. */
  readonly holdFarBehind: (held: boolean) => void
  /** A batch was stored, of whatever. */
  readonly stored: () => void
  readonly rebuild: (asked: RebuildAsked) => Promise<Rebuilt>
  /** Resolves when no upkeep is under way, and what is stored is merged as ever. */
  readonly idle: () => Promise<void>
}

/**
 * A list of matters is folded by looking each up, which costs several times as much as folding all of
 * a range: so the list is given up where it holds a good part of all there are.
 */
const SHARE_LISTED = 0.2
const LEAST_LISTED = 20_000
const MOST_LISTED = 300_000

/** Matters gather so long before the next fold; a longer rest would be seen in how late figures are. */
const GATHER_MS = 200

/** Folds what a consumer stored, behind it. */
export const createLogFolding = async (options: LogFoldingOptions): Promise<LogFolding> => {
  const { store, timezone } = options
  const target = { table: 'folded', timezone }
  const tidier = createTidier(store)
  const bound = createFoldBound(store)
  const mergeRest = createMergeRest(store)
  let held = false

  let mostListed = LEAST_LISTED
  const countMatters = async (): Promise<void> => {
    const [row] = await store.query<{ n: number }>('SELECT count() AS n FROM matters')
    mostListed = Math.min(MOST_LISTED, Math.max(LEAST_LISTED, (row?.n ?? 0) * SHARE_LISTED))
  }
  await countMatters()

  const folding = async (work: () => Promise<void>): Promise<void> => {
    const begun = performance.now()
    try {
      await options.onStep('folding')
      await work()
      await options.onStep('folded')
      options.onFold({ ms: performance.now() - begun })
    } catch (error) {
      options.onFold({ error })
      throw error
    }
  }

  const folder = createFolder({
    mostListed: () => mostListed,
    gatherMs: GATHER_MS,
    maxRestMs: GATHER_MS,
    storedUpTo: async () => {
      const upTo = await options.storedUpTo()
      return upTo === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : upTo
    },
    fold: (subjects, upTo) =>
      folding(async () => {
        const bounded = Number.isFinite(upTo)
        await foldTouched(store, target, subjects, bounded ? await bound.atLeast(upTo) : upTo)
        if (!bounded) await bound.refresh()
        tidier.folded(subjects.size)
      }),
    foldStoredSince: (since) =>
      folding(async () => {
        await foldStoredSince(store, target, since, options.stopped)
        await bound.refresh()
        await countMatters()
        tidier.folded(Number.POSITIVE_INFINITY)
      }),
    onFolded: options.onFolded,
    onCaughtUp: tidier.start,
  })
  /** Merging would take the processors from the fold that everybody waits for. */
  const mergeOnceFolded = (): void => {
    const mergeAgain = () => {
      if (!held) void mergeRest.end()
    }
    folder.settled().then(mergeAgain, mergeAgain)
  }

  return {
    ...folder,
    holdFarBehind: (hold) => {
      held = hold
      folder.hold(hold)
      if (hold) mergeRest.begin()
      else mergeOnceFolded()
    },
    stored: mergeRest.stored,
    rebuild: async (asked) => {
      const rebuilt = await rebuild(store, { ...asked, timezone })
      if (!rebuilt.switched) return rebuilt
      await bound.refresh()
      tidier.folded(rebuilt.matters)
      tidier.start()
      return rebuilt
    },
    idle: async () => {
      await mergeRest.end()
      await tidier.idle()
    },
  }
}
