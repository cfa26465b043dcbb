import type { CaseEvent } from '../events/event.ts'

/** An event as the edge accepted it: `receivedTime` is the system's own stamp, epoch milliseconds. */
export type ReceivedEvent = CaseEvent & { readonly receivedTime: number }

/** How an event ended: new; a copy of one stored; or other content under an identity that is taken. */
export type Outcome = 'new' | 'duplicate' | 'conflict'

/**
 * Where producers hand events over. `publish` resolves only when every event is durable: an
 * acknowledgement given after it may be relied on. The embedded log stores and folds them before
 * it resolves and says how each ended, in order; Kafka resolves at the broker's acknowledgement
 * and leaves `outcomes` out. Rejects with LOG_UNAVAILABLE or STORE_UNAVAILABLE (retriable): the
 * whole call may then be repeated, since every step after it is idempotent. Callers send at most
 * 10,000 events a call and await each: that is the back-pressure.
 */
export type EventLog = {
  readonly publish: (
    events: readonly ReceivedEvent[],
  ) => Promise<{ readonly outcomes?: readonly Outcome[] }>
}
