import type { CaseEvent } from '../events/event.ts'
import type { Refusal } from '../events/reasons.ts'

/** An event as the edge accepted it: `receivedTime` is the system's own stamp, epoch milliseconds. */
export type ReceivedEvent = CaseEvent & { readonly receivedTime: number }

/** How an event ended: new; a copy of one stored; or other content under an identity that is taken. */
export type Outcome = 'new' | 'duplicate' | 'conflict'

/**
 * Where producers hand events over. `publish` resolves only when every event is durable: an
 * acknowledgement given after it may be relied on. The embedded log says how each event ended, in
 * order, and by default resolves only when every figure counts them ('visible'); whoever sends much
 * asks for 'stored' and waits once, with `settled`, at the end. Kafka resolves at the broker's
 * acknowledgement and leaves `outcomes` out. Rejects with LOG_UNAVAILABLE or STORE_UNAVAILABLE
 * (retriable): the whole call may then be repeated, since every step after it is idempotent.
 * Callers send at most 10,000 events a call and await each: that is the back-pressure.
 */
export type EventLog = {
  readonly publish: (
    events: readonly ReceivedEvent[],
    options?: { readonly waitFor?: 'stored' | 'visible' },
  ) => Promise<{ readonly outcomes?: readonly Outcome[] }>
  /** Resolves when everything stored before the call is visible in every figure. */
  readonly settled: () => Promise<void>
  /** Why this log could never take a sound event; undefined where it can. Absent: it takes them all. */
  readonly refusal?: (event: CaseEvent) => Refusal | undefined
}
