import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { PulseError } from '../../schemas/errors.ts'
import type { Store } from '../../schemas/store/port.ts'
import { readMarks, setMark } from '../../schemas/tables/marks.ts'

/** Whether the tables beside the live ones are still this rebuild's. */
export type Turn = { readonly holds: () => Promise<boolean> }

/** Who rebuilds, as the mark `rebuilding` has it; `until`: epoch ms. */
type Holder = { readonly owner: string; readonly until: number }

/** A process that says nothing for so long has ended, or stands still. */
const VALID_MS = 20_000
const SAY_EVERY_MS = 4_000
const LOOK_EVERY_MS = 500
/** Of two that begin together the one that wrote last goes on: both have written when they look. */
const SETTLE_MS = 1_000

const busy = (): PulseError =>
  new PulseError(
    'STORE_BUSY',
    'A replay of this store is under way already. Wait for its end, and run the command again.',
    { retriable: true, details: { tellClient: true } },
  )

const holderIn = async (store: Store): Promise<Holder | undefined> => {
  const text = (await readMarks(store))('rebuilding')
  return text === '' ? undefined : (JSON.parse(text) as Holder)
}

/** Resolves when nobody holds the turn; one that was killed says nothing more, and gives way. Rejects where somebody does. */
const waitForEnded = async (store: Store): Promise<void> => {
  const first = await holderIn(store)
  for (let held = first; held !== undefined && held.until > Date.now(); ) {
    if (held.until !== first?.until) throw busy()
    await sleep(LOOK_EVERY_MS)
    held = await holderIn(store)
  }
}

/** A turn at a store that several processes may use: kept by saying so now and then. */
const amongProcesses = async <T>(store: Store, work: (turn: Turn) => Promise<T>): Promise<T> => {
  await waitForEnded(store)
  const owner = randomUUID()
  const say = (value: string): Promise<void> =>
    setMark({ command: store.maintain }, 'rebuilding', value)
  const claim = (): Promise<void> =>
    say(JSON.stringify({ owner, until: Date.now() + VALID_MS } satisfies Holder))
  const holds = async (): Promise<boolean> => (await holderIn(store))?.owner === owner
  await claim()
  await sleep(SETTLE_MS)
  if (!(await holds())) throw busy()
  const claiming = setInterval(() => {
    // who stood still for too long has lost its turn, and must not take it back
    holds()
      .then((ours) => (ours ? claim() : undefined))
      .catch(() => undefined)
  }, SAY_EVERY_MS)
  try {
    return await work({ holds })
  } finally {
    clearInterval(claiming)
    if (await holds()) await say('')
  }
}

/** Stores with a rebuild under way in this process. */
const rebuilding = new WeakSet<Store>()

/**
 * Does the work of a rebuild while nobody else does: two would take the tables beside the live ones
 * from each other. Rejects with STORE_BUSY while another is at it.
 */
export const inTurn = async <T>(store: Store, work: (turn: Turn) => Promise<T>): Promise<T> => {
  if (rebuilding.has(store)) throw busy()
  rebuilding.add(store)
  try {
    return store.kind === 'embedded'
      ? await work({ holds: async () => true })
      : await amongProcesses(store, work)
  } finally {
    rebuilding.delete(store)
  }
}

/** Before what cannot be taken back. */
export const requireTurn = async ({ holds }: Turn): Promise<void> => {
  if (!(await holds()))
    throw new PulseError(
      'STORE_BUSY',
      'This replay stood still for so long that another one began. Nothing was switched. Run the command again once that one is done.',
      { retriable: true, details: { tellClient: true } },
    )
}
