import type { CaseEvent } from '../../schemas/events/event.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import type { Refusal, RefusalCode } from '../../schemas/events/reasons.ts'
import { describeRefusal } from '../../schemas/events/refuse.ts'
import type { EventLog } from '../../schemas/log/port.ts'
import type { Store } from '../../schemas/store/port.ts'
import { letterName } from './letter-name.ts'
import { type ParkedLetter, parkedLetters } from './parked-letters.ts'
import { type Replayed, storeReplays } from './replay-rows.ts'

export type ReplayAsked = {
  readonly reason?: RefusalCode
  /** Says what would be done; publishes and notes nothing. */
  readonly dryRun: boolean
}

/** One letter that was not published, and why. */
export type NotReplayed = {
  readonly letter: string
  readonly reason: string
  readonly error: string
}

/**
 * What became of the letters asked for: `letters` = published + already + rejected. `duplicates` is
 * how many of the published were stored before, where the log says so. `rejected` lists the first
 * 1,000 of `rejectedCount`.
 */
export type ReplayReport = {
  readonly dryRun: boolean
  readonly letters: number
  readonly published: number
  readonly duplicates?: number
  /** Published by an earlier replay: left as they are. */
  readonly already: number
  readonly rejected: readonly NotReplayed[]
  readonly rejectedCount: number
}

export type ReplayPorts = {
  readonly store: Pick<Store, 'query' | 'insert'>
  readonly log: EventLog
  /** The stamp of receipt, epoch ms, never going back. */
  readonly receivedClock: () => number
  readonly now: () => number
}

const MAX_REJECTED_KEPT = 1_000

const WITHHELD =
  'an identity number was taken out when it was parked, so the event as sent is not there any more; have its sender mend it and send it again'

type Judged =
  | { readonly letter: ParkedLetter; readonly event: CaseEvent }
  | { readonly letter: ParkedLetter; readonly errors: readonly Refusal[] | 'withheld' }

/** A receivedtime it carried is read and let go: it is received when it is accepted. */
const judge = (letter: ParkedLetter, log: Pick<EventLog, 'refusal'>): Judged => {
  if (letter.identityRemoved) return { letter, errors: 'withheld' }
  const parsed = parseEventText(letter.original, { receivedTime: 'carried' })
  if (!parsed.ok) return { letter, errors: parsed.errors }
  const refusal = log.refusal?.(parsed.event)
  return refusal === undefined ? { letter, event: parsed.event } : { letter, errors: [refusal] }
}

const notReplayed = (letter: ParkedLetter, errors: readonly Refusal[] | 'withheld'): NotReplayed =>
  errors === 'withheld'
    ? { letter: letterName(letter), reason: 'IDENTITY', error: WITHHELD }
    : {
        letter: letterName(letter),
        reason: errors[0]?.code ?? '',
        error: errors.map(describeRefusal).join('; '),
      }

/**
 * Validates letters with today's rules, from the bytes that were kept, and publishes those that pass,
 * each noted with its result. Those published before are left out, and publishing one again would
 * only make a duplicate: so it may be run as often as one likes, also after it was cut off.
 */
export const replayLetters = async (
  { store, log, receivedClock, now }: ReplayPorts,
  { reason, dryRun }: ReplayAsked,
  progress: (done: number) => void = () => undefined,
): Promise<ReplayReport> => {
  const rejected: NotReplayed[] = []
  const count = { letters: 0, published: 0, already: 0, rejectedCount: 0 }
  let duplicates: number | undefined

  const publish = async (events: readonly CaseEvent[]): Promise<void> => {
    if (events.length === 0 || dryRun) return
    const receivedTime = receivedClock()
    const { outcomes } = await log.publish(
      events.map((event) => ({ ...event, receivedTime })),
      { waitFor: 'stored' },
    )
    if (outcomes === undefined) return
    duplicates = (duplicates ?? 0) + outcomes.filter((outcome) => outcome === 'duplicate').length
  }

  for await (const letters of parkedLetters(store, { reason, until: now() })) {
    const due = letters.filter(({ published }) => !published)
    const judged = due.map((letter) => judge(letter, log))
    const passing = judged.flatMap((one) => ('event' in one ? [one] : []))
    await publish(passing.map(({ event }) => event))
    const notes: Replayed[] = judged.map((one) =>
      'event' in one
        ? { place: one.letter, result: 'published', event: one.event }
        : one.errors === 'withheld'
          ? { place: one.letter, result: 'withheld', errors: [] }
          : { place: one.letter, result: 'refused', errors: one.errors },
    )
    if (!dryRun) await storeReplays(store, notes, now())
    for (const one of judged) {
      if ('event' in one) continue
      count.rejectedCount++
      if (rejected.length < MAX_REJECTED_KEPT) rejected.push(notReplayed(one.letter, one.errors))
    }
    count.letters += letters.length
    count.already += letters.length - due.length
    count.published += passing.length
    progress(count.letters)
  }
  // a log that says how events ended is the store itself: figures count them when this resolves
  if (duplicates !== undefined) await log.settled()
  return {
    dryRun,
    letters: count.letters,
    published: count.published,
    ...(duplicates === undefined ? {} : { duplicates }),
    already: count.already,
    rejected,
    rejectedCount: count.rejectedCount,
  }
}
