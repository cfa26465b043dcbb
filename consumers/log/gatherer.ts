/** Part of what is gathered: so many rows, so many bytes. */
export type Sized = { readonly rows: number; readonly bytes: number }

export type GathererOptions = {
  /** A batch is handed out once it has so many rows. Default 65,536. */
  readonly batchRows?: number
  /** Or so many bytes. Default 32 MiB. */
  readonly batchBytes?: number
  /** Or its first delivery waited for so long. Default 50 ms. */
  readonly gatherMs?: number
  /** Bytes waiting from which `onFull` is told. Default 64 MiB. */
  readonly fullBytes?: number
  /** Rows waiting from which it is told. Default 131,072. */
  readonly fullRows?: number
  /** Deliveries should stop: told once, until half of it has gone and `onRoom` is told. */
  readonly onFull: () => void
  readonly onRoom: () => void
}

/** Small deliveries gathered to batches; one reader. */
export type Gatherer<D extends Sized> = {
  readonly put: (delivery: D) => void
  /** The next batch, in the order of delivery; undefined once it is ended and nothing waits. */
  readonly next: () => Promise<readonly D[] | undefined>
  /** Drops the deliveries that wait and are not to be kept. */
  readonly keep: (wanted: (delivery: D) => boolean) => void
  /** What waits is still handed out. */
  readonly end: () => void
}

const MIB = 1024 ** 2

export const createGatherer = <D extends Sized>(options: GathererOptions): Gatherer<D> => {
  const batchRows = options.batchRows ?? 65_536
  const batchBytes = options.batchBytes ?? 32 * MIB
  const gatherMs = options.gatherMs ?? 50
  const fullBytes = options.fullBytes ?? 64 * MIB
  const fullRows = options.fullRows ?? 131_072
  let waiting: D[] = []
  let rows = 0
  let bytes = 0
  let full = false
  let ended = false
  let wake: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  /** The first that waits has waited long enough. */
  let due = false

  const ready = (): boolean => due || ended || rows >= batchRows || bytes >= batchBytes

  const stir = (): void => {
    if (waiting.length > 0 && !due) {
      timer ??= setTimeout(() => {
        timer = undefined
        due = true
        stir()
      }, gatherMs)
    }
    if (!ready()) return
    wake?.()
    wake = undefined
  }

  const add = (delivery: D, sign: 1 | -1): void => {
    rows += sign * delivery.rows
    bytes += sign * delivery.bytes
    if (!full && (bytes >= fullBytes || rows >= fullRows)) {
      full = true
      options.onFull()
    } else if (full && bytes < fullBytes / 2 && rows < fullRows / 2) {
      full = false
      options.onRoom()
    }
  }

  const take = (): readonly D[] => {
    if (timer !== undefined) clearTimeout(timer)
    timer = undefined
    due = false
    let count = 0
    let taken = { rows: 0, bytes: 0 }
    for (const delivery of waiting) {
      if (count > 0 && (taken.rows >= batchRows || taken.bytes >= batchBytes)) break
      taken = { rows: taken.rows + delivery.rows, bytes: taken.bytes + delivery.bytes }
      count += 1
    }
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    for (const delivery of batch) add(delivery, -1)
    stir()
    return batch
  }

  return {
    put: (delivery) => {
      waiting.push(delivery)
      add(delivery, 1)
      stir()
    },
    next: async () => {
      for (;;) {
        if (waiting.length > 0 && ready()) return take()
        if (ended) return undefined
        due = false
        await new Promise<void>((resolve) => {
          wake = resolve
          stir()
        })
      }
    },
    keep: (wanted) => {
      const dropped = waiting.filter((delivery) => !wanted(delivery))
      waiting = waiting.filter(wanted)
      for (const delivery of dropped) add(delivery, -1)
    },
    end: () => {
      ended = true
      stir()
    },
  }
}
