import { setTimeout as sleep } from 'node:timers/promises'
import { PulseError } from '../../schemas/errors.ts'

/** Items that can never be sent, each with the reason. */
export type Refused<Item> = ReadonlyMap<Item, PulseError>

export type SendQueueOptions<Item> = {
  /**
   * Resolves when every item but those refused is durable. Rejects within a bound where that is not
   * known; whatever waits is then rejected as well.
   */
  readonly send: (items: readonly Item[]) => Promise<Refused<Item>>
  /** Bytes an item takes. */
  readonly sizeOf: (item: Item) => number
  /** Of one send. A larger item goes alone. */
  readonly maxBatchBytes: number
  /** In hand or waiting; beyond either `put` refuses at once. */
  readonly maxQueuedItems: number
  readonly maxQueuedBytes: number
  /** How long a send of fewer than `smallBatchItems` waits for company. */
  readonly lingerMs: number
  readonly smallBatchItems: number
  /** A call that has waited for so long is rejected instead of sent. */
  readonly maxWaitMs: number
  readonly now?: () => number
}

export type SendQueue<Item> = {
  /**
   * Resolves when all of them are durable. Rejects with LOG_UNAVAILABLE (retriable) where the queue
   * is full or stopped, or the items waited too long; else as `send` does, or with the reason of
   * the first of them that can never be sent: then the others are durable.
   */
  readonly put: (items: readonly Item[]) => Promise<void>
  /** In hand or waiting. */
  readonly queued: () => { readonly items: number; readonly bytes: number }
  /** Refuses from now on; resolves when nothing is in hand or waiting. */
  readonly stop: () => Promise<void>
}

type Call<Item> = {
  readonly items: readonly Item[]
  readonly since: number
  readonly bytes: number
  /** How many of the items were taken into a send. */
  taken: number
  refusal: PulseError | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

type Batch<Item> = { readonly items: readonly Item[]; readonly calls: readonly Call<Item>[] }

const unavailable = (message: string): PulseError =>
  new PulseError('LOG_UNAVAILABLE', message, { retriable: true })

/**
 * One send at a time, in the order of the calls; what arrives meanwhile goes together into the next,
 * as far as it fits. A call may take several sends.
 */
export const createSendQueue = <Item>(options: SendQueueOptions<Item>): SendQueue<Item> => {
  const { send, sizeOf, lingerMs, now = Date.now } = options
  let waiting: Call<Item>[] = []
  let queuedItems = 0
  let queuedBytes = 0
  let stopping = false
  let working: Promise<void> | undefined

  const end = (call: Call<Item>, error?: unknown): void => {
    queuedItems -= call.items.length
    queuedBytes -= call.bytes
    const failed = error ?? call.refusal
    if (failed === undefined) call.resolve()
    else call.reject(failed)
  }

  const takeBatch = (): Batch<Item> => {
    const items: Item[] = []
    const calls: Call<Item>[] = []
    let bytes = 0
    for (const call of waiting) {
      const before = call.taken
      for (const item of call.items.slice(call.taken)) {
        const size = sizeOf(item)
        if (items.length > 0 && bytes + size > options.maxBatchBytes) break
        items.push(item)
        bytes += size
        call.taken++
      }
      if (call.taken > before) calls.push(call)
      if (call.taken < call.items.length) break
    }
    return { items, calls }
  }

  const rejectAll = (error: unknown): void => {
    const all = waiting
    waiting = []
    for (const call of all) end(call, error)
  }

  const rejectLate = (): void => {
    const oldest = now() - options.maxWaitMs
    const late = waiting.filter(({ since }) => since < oldest)
    waiting = waiting.filter(({ since }) => since >= oldest)
    for (const call of late)
      end(call, unavailable('The events waited too long for the event log. Send again shortly.'))
  }

  /** Calls are taken in order, so those that are complete are the first ones waiting. */
  const settle = ({ calls }: Batch<Item>, refused: Refused<Item>): void => {
    if (refused.size > 0)
      for (const call of calls) {
        const first = call.items.find((item) => refused.has(item))
        call.refusal ??= first === undefined ? undefined : refused.get(first)
      }
    const complete = calls.filter(({ items, taken }) => taken === items.length)
    waiting = waiting.slice(complete.length)
    for (const call of complete) end(call)
  }

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      if (queuedItems < options.smallBatchItems && !stopping) await sleep(lingerMs)
      rejectLate()
      const batch = takeBatch()
      if (batch.items.length === 0) continue
      try {
        settle(batch, await send(batch.items))
      } catch (error) {
        rejectAll(error)
      }
    }
    working = undefined
  }

  return {
    put: (items) => {
      if (items.length === 0) return Promise.resolve()
      const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0)
      const full =
        queuedItems + items.length > options.maxQueuedItems ||
        queuedBytes + bytes > options.maxQueuedBytes
      if (stopping)
        return Promise.reject(unavailable('The service is stopping. Send again shortly.'))
      if (queuedItems > 0 && full)
        return Promise.reject(
          unavailable('Too many events are waiting for the event log. Send again shortly.'),
        )
      return new Promise((resolve, reject) => {
        waiting.push({ items, since: now(), bytes, taken: 0, refusal: undefined, resolve, reject })
        queuedItems += items.length
        queuedBytes += bytes
        working ??= work()
      })
    },
    queued: () => ({ items: queuedItems, bytes: queuedBytes }),
    stop: async () => {
      stopping = true
      await working
    },
  }
}
