import { PulseError } from '../../errors.ts'
import { within } from './within.ts'

type Client = { readonly connect: () => Promise<void>; readonly disconnect: () => Promise<void> }

const late = (limitMs: number): PulseError =>
  new PulseError('LOG_UNAVAILABLE', `Kafka did not answer within ${Math.ceil(limitMs / 1000)} s.`, {
    retriable: true,
  })

export type HeldClient<C> = {
  /** Rejects as the connecting or the work does, and with LOG_UNAVAILABLE where both take longer than `limitMs`. */
  readonly use: <T>(limitMs: number, work: (client: C) => Promise<T>) => Promise<T>
  /** Resolves within a bound: what is under way with brokers that do not answer is left to itself. */
  readonly close: () => Promise<void>
}

const CLOSE_MS = 5_000

/**
 * A client that is connected when it is first used, and given up for a new one when a use of it
 * failed: a client of which one answer is missing may be in a state that no later use can trust.
 */
export const heldClient = <C extends Client>(make: () => C): HeldClient<C> => {
  let held: Promise<C> | undefined

  const connected = async (): Promise<C> => {
    const client = make()
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.disconnect().catch(() => undefined)
      throw error
    }
  }
  const giveUp = async (given: Promise<C> | undefined): Promise<void> => {
    if (held === given) held = undefined
    await given?.then((client) => client.disconnect()).catch(() => undefined)
  }

  return {
    use: async (limitMs, work) => {
      held ??= connected()
      const mine = held
      try {
        return await within(limitMs, mine.then(work), () => late(limitMs))
      } catch (error) {
        void giveUp(mine)
        throw error
      }
    },
    close: () => within(CLOSE_MS, giveUp(held), () => late(CLOSE_MS)).catch(() => undefined),
  }
}
