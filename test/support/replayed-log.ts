import { watermarkOfFedStore } from '../../cli/access/fed-store.ts'
import { rebuild } from '../../consumers/projector/rebuild.ts'
import { reconcile } from '../../consumers/reconcile/reconcile.ts'
import type { LogToReplay } from '../../consumers/replay/log-facts.ts'
import { type RefoldAsked, type RefoldHearing, refold } from '../../consumers/replay/replay.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import type { Store } from '../../schemas/store/port.ts'
import { drawnDelivery } from './folded-log.ts'
import { TIMEZONE } from './log-consumer.ts'
import { type StoredLog, type StoredMessage, storedLog } from './stored-log.ts'

export const PARTITIONS = 2

const partitionOf = ({ subject }: ReceivedEvent): number =>
  [...subject].reduce((sum, char) => sum + char.charCodeAt(0), 0) % PARTITIONS

/** Histories as messages that the log took one a millisecond, each part with one that is no event. */
export const messages = (
  seed: number,
  appendedFrom: number,
  histories?: number,
): readonly StoredMessage[] => {
  let appendedAt = appendedFrom
  return drawnDelivery(seed, histories).flatMap((part) => [
    ...part.map((event) => ({
      partition: partitionOf(event),
      appendedAt: appendedAt++,
      value: event.canonical,
    })),
    { partition: 0, appendedAt: appendedAt++, value: 'no event', skip: 2 },
  ])
}

/** A prepared store takes a log of such messages, a part for each seed. */
export const takeLog = async (store: Store, seeds: readonly number[], histories?: number) => {
  const log = await storedLog(store, {
    topic: 'events',
    partitions: PARTITIONS,
    timezone: TIMEZONE,
  })
  let at = Date.now() - 1_000_000
  for (const seed of seeds) {
    await log.take(messages(seed, at, histories))
    at += 10_000
  }
  return { log, nextAt: at }
}

type ReplayOptions = Partial<RefoldAsked> &
  Partial<RefoldHearing> & {
    /** When its rebuild takes it to be, epoch ms; default the wall clock. */
    readonly rebuiltAt?: number
  }

/** `pulse replay --from kafka` of a store and a log. */
export const replayLog = (
  store: Store,
  log: LogToReplay,
  {
    rebuiltAt,
    from = 'kafka',
    dryRun = false,
    progress = () => undefined,
    report = () => undefined,
    signal,
  }: ReplayOptions = {},
) =>
  refold(
    {
      store,
      rebuild: (options) =>
        rebuild(store, { ...options, timezone: TIMEZONE, now: () => rebuiltAt ?? Date.now() }),
      watermark: watermarkOfFedStore(store),
      log: async () => log,
      now: Date.now,
    },
    { from, dryRun },
    { progress, report, signal },
  )

/** What `pulse reconcile` finds wrong. */
export const gapsOf = async (store: Store, log: StoredLog) =>
  (
    await reconcile({
      store,
      watermark: watermarkOfFedStore(store),
      log: { offsets: async () => log.offsets(), name: async (positions) => positions },
      now: Date.now,
    })
  ).gaps
